/**
 * `npm run pack:dist`: the npm package, in dist/package and as a tarball in dist/. Node does not strip types below node_modules, so
 * what is shipped is JavaScript and declarations, with a package.json of its own: the project's would bring users its Node.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..')
const DIST = path.join(ROOT, 'dist')
const PACKAGE = path.join(DIST, 'package')
/** Folders of sources that are shipped, where they are there. */
const SHIPPED = ['worker', 'compiler', 'features', 'testing']
/** Those of them that are projects of their own: the compiler's has features. */
const PROJECTS = ['worker', 'compiler', 'testing']

interface Manifest {
  name: string
  version: string
  bin: { readonly [name: string]: string }
  exports: { readonly [entry: string]: string }
  dependencies: { readonly [name: string]: string }
  readonly [key: string]: unknown
}

/** Makes the package anew. Gives the path of its tarball. */
export function pack(): string {
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', '--force', ...PROJECTS], { cwd: ROOT, stdio: 'inherit' })
  rmSync(PACKAGE, { recursive: true, force: true })
  for (const file of sources()) {
    const emitted = file.slice(0, -'.ts'.length)
    for (const extension of ['.js', '.d.ts']) copy(path.join(DIST, emitted + extension), emitted + extension)
  }
  for (const file of ['README.md', 'LICENSE']) copy(path.join(ROOT, file), file)
  const manifest = toManifest(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest)
  writeFileSync(path.join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const program of Object.values(manifest.bin)) chmodSync(path.join(PACKAGE, program), 0o755)
  const printed = execFileSync('npm', ['pack', '--json', '--pack-destination', DIST], { cwd: PACKAGE, encoding: 'utf8' })
  const [packed] = Object.values(JSON.parse(printed) as { [index: string]: { filename: string } })
  return path.join(DIST, packed!.filename)
}

const sources = (): string[] => SHIPPED.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))).toSorted()

function copy(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${path.relative(ROOT, from)} is not there`)
  mkdirSync(path.dirname(path.join(PACKAGE, to)), { recursive: true })
  copyFileSync(from, path.join(PACKAGE, to))
}

/** What of the project's package.json concerns a user, for JavaScript. */
function toManifest({ name, version, description, license, type, bin, exports, dependencies }: Manifest): Manifest {
  const emitted = (file: string, extension: string): string => file.replace(/\.ts$/, extension)
  return {
    name,
    version,
    description,
    license,
    type,
    bin: Object.fromEntries(Object.entries(bin).map(([program, file]) => [program, emitted(file, '.js')])),
    exports: Object.fromEntries(Object.entries(exports).map(([entry, file]) => [entry, { types: emitted(file, '.d.ts'), default: emitted(file, '.js') }])) as never,
    // The compiler; wrangler, which `dev` and `deploy` start, asks for Node 22.
    engines: { node: '>=20.12' },
    dependencies,
  }
}

if (import.meta.main) console.log(path.relative(process.cwd(), pack()))
