/**
 * Who may import whom: `worker/ ← features/NAMESPACE/worker.ts ← .gateway/` and `worker/types.ts ← compiler/ ← features/NAMESPACE/config.ts
 * ← features/index.ts ← compiler/command.ts`. tsc -b keeps the halves apart by their types; this does by every import.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { suite, test } from 'node:test'
import { build, type Plugin } from 'esbuild'

const ROOT = path.join(import.meta.dirname, '..')

interface Import {
  file: string
  /** A file of the project, from its root, or the specifier of what is none. */
  to: string
  typeOnly: boolean
}
type Sources = { readonly [file: string]: string }

/** Imports that are there at run time: read by esbuild's parser, so that neither comments nor texts are taken for them. */
async function valueImports(sources: Sources): Promise<Import[]> {
  const imports: Import[] = []
  const record: Plugin = {
    name: 'record',
    setup(plugin) {
      plugin.onResolve({ filter: /.*/ }, ({ path: specifier, kind, importer }) => {
        if (kind === 'entry-point') return { path: path.posix.normalize(specifier), namespace: 'source' }
        imports.push({ file: importer, to: resolve(importer, specifier), typeOnly: false })
        return { path: specifier, external: true }
      })
      plugin.onLoad({ filter: /.*/, namespace: 'source' }, ({ path: file }) => ({ contents: sources[file]!, loader: 'ts' }))
    },
  }
  // Verbatim: an import that is written stays, used or not, unless it says `type`.
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } }
  await build({ entryPoints: Object.keys(sources), bundle: true, format: 'esm', write: false, outdir: '/out', plugins: [record], tsconfigRaw, logLevel: 'silent' })
  return imports
}

/** Only types: statements begin their line, as the style of the house has it. */
function typeImports(sources: Sources): Import[] {
  return Object.entries(sources).flatMap(([file, text]) => [
    ...text.matchAll(/^(?:import|export) type [^'"]*? from ['"]([^'"]+)['"]/gm),
    ...text.matchAll(/\bimport\(['"]([^'"]+)['"]\)/g),
  ].map(([, specifier]) => ({ file, to: resolve(file, specifier!), typeOnly: true })))
}

const resolve = (file: string, specifier: string): string => (specifier.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)) : specifier)

const isTest = (file: string): boolean => /^(test|bench|examples|testing|scripts)\//.test(file) || file.endsWith('.test.ts')
const isRunTime = (file: string): boolean => file.startsWith('worker/') || /^features\/.*\/worker\.ts$/.test(file)

interface Rule {
  name: string
  applies(file: string): boolean
  allows(found: Import): boolean
}

/** Types alone: what plugins are is Hono's to say. */
const TYPES: readonly string[] = ['hono']

/** What the run time has of others: each package in one file, so that it is in the bundles which need that file and in no other. */
const PACKAGES: { readonly [file: string]: string } = {
  'worker/aws/client.ts': 'aws4fetch',
  'worker/shape/jmespath.ts': 'jmespath',
  'worker/hono.ts': 'hono/tiny',
  'worker/encoding/xml/read.ts': 'saxes/saxes.js',
  'worker/regexp/dynamic.ts': 're2js',
  'worker/password/bcrypt.ts': 'bcryptjs',
  'worker/token/import-key.ts': 'jose/key/import',
  'worker/token/verify.ts': 'jose/jws/flattened/verify',
  'worker/token/sign.ts': 'jose/jws/flattened/sign',
}

/** What means the same at build time and at run time: templates, and key sets. */
const isShared = (file: string): boolean => file.startsWith('worker/template/') || file === 'worker/token/jwk.ts'

const RULES: readonly Rule[] = [
  {
    name: 'worker/ imports only worker/, and a package in the one file that is made for it',
    applies: (file) => file.startsWith('worker/'),
    allows: ({ file, to, typeOnly }) => to.startsWith('worker/') || PACKAGES[file] === to || (typeOnly && TYPES.includes(to)),
  },
  {
    name: 'a feature\'s worker.ts imports only worker/',
    applies: (file) => /^features\/.*\/worker\.ts$/.test(file),
    allows: ({ to }) => to.startsWith('worker/'),
  },
  {
    name: 'compiler/ imports worker/ by type only, but for what means the same at build time and at run time',
    applies: (file) => file.startsWith('compiler/'),
    allows: ({ to, typeOnly }) => typeOnly || isShared(to) || !isRunTime(to),
  },
  {
    name: 'of compiler/, command.ts alone imports features/, and of that index.ts alone; define.ts has its types',
    applies: (file) => file.startsWith('compiler/'),
    allows: ({ file, to, typeOnly }) => !to.startsWith('features/') || (to === 'features/index.ts' && (file === 'compiler/command.ts' || (file === 'compiler/define.ts' && typeOnly))),
  },
  {
    name: 'the build-time half of a feature imports worker/ and its own worker.ts by type only, but for what both mean, and of features/ what is its own or of the folders around it',
    applies: (file) => file.startsWith('features/') && file !== 'features/index.ts' && !isRunTime(file),
    allows: ({ file, to, typeOnly }) => {
      if (isRunTime(to) && !typeOnly && !isShared(to)) return false
      return !to.startsWith('features/') || (to !== 'features/index.ts' && file.startsWith(`${path.posix.dirname(to)}/`))
    },
  },
  {
    name: 'features/index.ts imports compiler/feature.ts and each config.ts',
    applies: (file) => file === 'features/index.ts',
    allows: ({ to }) => to === 'compiler/feature.ts' || /^features\/.*\/config\.ts$/.test(to),
  },
  {
    name: 'the sources import each other by path, not by the package\'s name',
    applies: () => true,
    allows: ({ to }) => !/^cuttle(\/|$)/.test(to),
  },
  {
    name: 'nothing imports generated code',
    applies: () => true,
    allows: ({ to }) => !/(^|\/)\.gateway\/|^dist\//.test(to),
  },
]

/** Everything that breaks a rule, in words. */
async function violations(sources: Sources): Promise<string[]> {
  const imports = [...(await valueImports(sources)), ...typeImports(sources)]
  return RULES.flatMap(({ name, applies, allows }) => imports.filter((found) => applies(found.file) && !allows(found)).map(({ file, to }) => `${file} imports ${to}: ${name}`))
}

/** The project's own sources, without tests. */
function sourcesOf(): Sources {
  const files = globSync('{worker,compiler,features}/**/*.ts', { cwd: ROOT }).filter((file) => !isTest(file))
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]))
}

/** What runs with `entries`, files and packages. */
function reachable(imports: readonly Import[], entries: readonly string[]): Set<string> {
  const seen = new Set(entries)
  for (const from of seen) for (const { file, to } of imports) if (file === from) seen.add(to)
  return seen
}

suite('imports', () => {
  test('keep the rules', async () => {
    const sources = sourcesOf()
    assert.ok(Object.keys(sources).length > 50)
    assert.deepEqual(await violations(sources), [])
  })

  test('of the run time reach neither Node nor a package but those', async () => {
    const sources = sourcesOf()
    const reached = reachable(await valueImports(sources), Object.keys(sources).filter(isRunTime))
    assert.ok(reached.has('worker/gateway.ts'))
    const allowed = Object.keys(PACKAGES).filter((file) => file in sources).map((file) => PACKAGES[file]!)
    assert.deepEqual([...reached].filter((to) => !isRunTime(to)).toSorted(), allowed.toSorted())
  })

  test('of everything else reach features/index.ts through command.ts alone', async () => {
    const imports = await valueImports(sourcesOf())
    assert.deepEqual(imports.filter(({ to }) => to === 'features/index.ts').map(({ file }) => file), ['compiler/command.ts'])
  })
})

/** One file each that breaks a rule: the rules have to see it. */
const BROKEN: readonly (readonly [file: string, text: string])[] = [
  ['worker/a.ts', "import { readFileSync } from 'node:fs'\nreadFileSync('x')"],
  ['worker/a.ts', "import 'zod'"],
  ['worker/a.ts', "export { z } from 'zod'"],
  ['worker/a.ts', "export * from '../compiler/plan.ts'"],
  ['worker/a.ts', "import type { Plan } from '../compiler/plan.ts'"],
  ['worker/deep/a.ts', "import type {\n  Plan,\n} from '../../compiler/plan.ts'"],
  ['worker/a.ts', "import { Hono } from 'hono/tiny'\nnew Hono()"],
  ['worker/hono.ts', "import { Hono } from 'hono'\nnew Hono()"],
  ['worker/a.ts', "export const load = () => import('node:fs')"],
  ['worker/a.ts', "import { stages } from '../features/qos/worker.ts'\nstages()"],
  ['features/a/b/worker.ts', "import { z } from 'zod'\nz()"],
  ['features/a/b/worker.ts', "import type { Plan } from '../../../compiler/plan.ts'"],
  ['features/a/b/config.ts', "import { stages } from './worker.ts'\nstages()"],
  ['features/a/b/config.ts', "import { stages } from '../c/config.ts'\nstages()"],
  ['features/a/rate.ts', "import { stages } from './b/worker.ts'\nstages()"],
  ['features/a/b/config.ts', "import { features } from '../../index.ts'\nfeatures()"],
  ['features/a/b/config.ts', "import { unescape } from '../../../worker/url.ts'\nunescape()"],
  ['compiler/a.ts', "import { unescape } from '../worker/url.ts'\nunescape()"],
  ['compiler/a.ts', "import { type Json, unescape } from '../worker/url.ts'\nunescape()"],
  ['compiler/a.ts', "import { features } from '../features/index.ts'\nfeatures()"],
  ['compiler/command.ts', "import feature from '../features/a/config.ts'\nfeature()"],
  ['compiler/a.ts', "import { program } from '../.gateway/gateway.js'\nprogram()"],
  ['compiler/a.ts', "import { createFetch } from 'cuttle/worker/gateway'\ncreateFetch()"],
]

suite('the rules see', () => {
  for (const [file, text] of BROKEN) {
    test(`${text.split('\n')[0]} in ${file}`, async () => {
      assert.notDeepEqual(await violations({ [file]: text }), [])
    })
  }

  test('no import in comments, texts and templates', async () => {
    const text = "// import 'zod'\n/* import 'zod' */\nexport const a = \"import 'zod'\"\nexport const b = `\nimport { serve } from 'cuttle/deno'\n`"
    assert.deepEqual(await violations({ 'worker/a.ts': text }), [])
  })
})
