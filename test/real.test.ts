/** Configurations of others, where they are at hand (they are not ours to copy): `cuttle check` takes and refuses what KrakenD does. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite, test } from 'node:test'
import { compile, supportedBy } from '../compiler/compile.ts'
import { type Finding, formatPath, type Path, RefusedError } from '../compiler/diagnostics.ts'
import { readJson } from '../compiler/load/source.ts'
import { type Place, renameOld } from '../compiler/schema/namespaces.ts'
import { features } from '../features/index.ts'
import { caseFiles, CASES } from './conformance.ts'

interface CaseFile {
  config: { endpoints?: { extra_config?: object; backend?: { extra_config?: object }[] }[]; extra_config?: object }
  refused?: true
}

/** What `cuttle check` finds, and whether it refuses. */
function check(file: string): { config: CaseFile['config']; wanted: boolean; refused: boolean; findings: readonly Finding[] } {
  const { config, refused: wanted = false } = JSON.parse(readFileSync(path.join(CASES, file), 'utf8')) as CaseFile
  const text = JSON.stringify(config).replace(/http:\/\/upstream-[\w-]+|\{gateway\}/g, 'http://localhost:9000')
  try {
    return { config, wanted, refused: false, findings: compile(readJson('gateway.json', text), features).findings }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return { config, wanted, refused: true, findings: error.findings }
  }
}

/** Blocks of extra_config with their places. */
function blocksOf({ extra_config: extra, endpoints = [] }: CaseFile['config']): { place: Place; name: string; at: Path }[] {
  const blocks = (place: Place, at: Path, config: object | undefined): { place: Place; name: string; at: Path }[] =>
    Object.keys(config ?? {}).map((name) => ({ place, name: Object.keys(renameOld({ [name]: null }))[0]!, at: [...at, 'extra_config', name] }))
  return [
    ...blocks('service', [], extra),
    ...endpoints.flatMap((endpoint, i) => [
      ...blocks('endpoint', ['endpoints', i], endpoint.extra_config),
      ...(endpoint.backend ?? []).flatMap((backend, j) => blocks('backend', ['endpoints', i, 'backend', j], backend.extra_config)),
    ]),
  ]
}

const skip = existsSync(path.join(CASES, 'real')) ? false : 'there are none here'
// A suite that is skipped has no tests, and a file without tests counts as failed.
test('there are 78', { skip }, () => assert.equal(caseFiles(['real']).length, 78))

suite('real configurations', { skip }, () => {
  const files = caseFiles(['real'])

  for (const file of files) {
    test(file, () => {
      const { config, wanted, refused, findings } = check(file)
      const told = findings.map((finding) => `${finding.severity}: ${formatPath(finding.path)}: ${finding.message}`)
      assert.equal(refused, wanted, told.join('\n'))
      const supported = supportedBy(features)
      for (const { place, name, at } of blocksOf(config)) {
        // Documentation is for other tools, and a name that begins so is a comment.
        if (supported[place].has(name) || name.startsWith('documentation/') || /^[@$_#]/.test(name)) continue
        assert.ok(told.some((line) => line.includes(`${formatPath(at)}: `)), `nothing is said of ${formatPath(at)}, which does nothing`)
      }
    })
  }
})
