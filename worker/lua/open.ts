/** allow_open_libs: the libraries beyond the closed ones. Scripts that have them name this module, so others have none of its bytes. */
import { COROUTINE } from './library/coroutine.ts'
import { DEBUG } from './library/debug.ts'
import { IO } from './library/io.ts'
import { MATH } from './library/math.ts'
import { OS } from './library/os.ts'
import { STRING } from './library/string.ts'
import type { Module } from './value.ts'

export const OPEN = { coroutine: COROUTINE, debug: DEBUG, io: IO, math: MATH, os: OS, string: STRING } satisfies { readonly [name: string]: Module }
