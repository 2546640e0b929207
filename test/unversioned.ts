/** A release changes the version and nothing else: texts are compared without it. */
export const unversioned = (text: string, version: string): string => ['Version ', 'Cuttle ', 'Cuttle/'].reduce((rest, name) => rest.replaceAll(name + version, `${name}VERSION`), text)
