import { readFileSync } from 'node:fs'

/** The package's version. Beside the sources and in dist/ package.json stands one folder up. */
export const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
