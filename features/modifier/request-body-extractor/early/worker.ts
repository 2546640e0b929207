/** The same, before anyone asks who it is: a token may stand in the body. */
export { createExtract as endpoint } from '../../../../worker/extract.ts'
