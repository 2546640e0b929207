/** The user's files, read and written: what does not work is told in one line. */
import { mkdirSync, readFileSync, writeFileSync, type WriteFileOptions } from 'node:fs'
import path from 'node:path'
import { UserError } from './diagnostics.ts'

const REASONS: { readonly [code: string]: string } = {
  EACCES: 'it is not permitted',
  EPERM: 'it is not permitted',
  EISDIR: 'it is a folder',
  EEXIST: 'a file stands where a folder is needed',
  ENOTDIR: 'a file stands where a folder is needed',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
}

const reasonOf = (error: unknown, missing: string): string => {
  const { code = '', message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? missing : (REASONS[code] ?? message)
}

/** `what` names it in the message: `the schema a.json`. */
export function readUserFile(file: string, what: string = file): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${what}: ${reasonOf(error, 'there is no such file')}`)
  }
}

export function writeUserFile(file: string, text: string, options: WriteFileOptions = {}): void {
  try {
    writeFileSync(file, text, options)
  } catch (error) {
    throw new UserError(`cannot write ${file}: ${reasonOf(error, `there is no folder ${path.dirname(file)}`)}`)
  }
}

/** With the folders that lead to it. */
export function makeUserFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new UserError(`cannot make the folder ${folder}: ${reasonOf(error, 'there is no such folder')}`)
  }
}
