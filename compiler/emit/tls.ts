/** The files of client_tls: into a folder for workerd, into the environment for Deno. Private keys go into what is run here, never into what is built. */
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../diagnostics.ts'
import type { Plan, TlsBinding } from '../plan.ts'
import { tlsFiles } from './workerd.ts'

/** Reads a file that a configuration names: from the configuration's folder, then from the current one. */
export function readBeside(configFile: string, name: string): string {
  const found = [path.resolve(path.dirname(configFile), name), path.resolve(name)].find((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
  if (!found) throw new UserError(`cannot read ${name}: it is neither beside ${configFile} nor in the current folder`)
  return readFileSync(found, 'utf8')
}

/** Files below workerd's folder. `keys`: private keys too. */
export function emitTlsFiles({ bindings }: Plan, configFile: string, keys: boolean): { [file: string]: string } {
  const files: { [file: string]: string } = {}
  for (const tls of bindings.tls) {
    const { authorities, certificate, privateKey } = tlsFiles(tls)
    for (const [i, file] of authorities.entries()) files[file] = readBeside(configFile, tls.caCerts[i]!)
    if (!tls.certificate) continue
    files[certificate!] = readBeside(configFile, tls.certificate.certificate)
    if (keys) files[privateKey!] = readBeside(configFile, tls.certificate.privateKey)
  }
  return files
}

/** The variables that Deno's gateway reads. */
export function tlsEnvironment({ bindings }: Plan, configFile: string): { [name: string]: string } {
  return Object.fromEntries(bindings.tls.flatMap((tls) => variablesOf(tls, configFile)))
}

function variablesOf({ name, caCerts, certificate }: TlsBinding, configFile: string): [string, string][] {
  const authorities = caCerts.map((file) => readBeside(configFile, file)).join('\n')
  return [
    ...(authorities ? [[`${name}_CA`, authorities] as [string, string]] : []),
    ...(certificate ? [[`${name}_CERTIFICATE`, readBeside(configFile, certificate.certificate)] as [string, string], [`${name}_KEY`, readBeside(configFile, certificate.privateKey)] as [string, string]] : []),
  ]
}

/** What the user has to add to a build, since a private key is no part of it. */
export function missingKeys({ bindings }: Plan, target: string, out: string): string[] {
  return bindings.tls.filter(({ certificate }) => certificate).map((tls) => {
    const { privateKey } = tls.certificate!
    return target === 'workerd' ? `put ${privateKey} at ${path.join(out, tlsFiles(tls).privateKey!)}` : `set ${tls.name}_CERTIFICATE and ${tls.name}_KEY to the texts of ${tls.certificate!.certificate} and ${privateKey}`
  })
}
