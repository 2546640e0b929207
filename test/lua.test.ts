/** Lua compiled and run: what snippets give, as gopher-lua gives it; and what ends scripts that do not end. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { suite, test } from 'node:test'
import { compileScripts } from '../compiler/lua/compile.ts'
import { type Compiled, EMITTED } from '../worker/lua/emitted.ts'
import { BASE } from '../worker/lua/library/base.ts'
import { module, PACKAGE, require } from '../worker/lua/library/package.ts'
import { STRING } from '../worker/lua/library/string.ts'
import { TABLE } from '../worker/lua/library/table.ts'
import { OPEN } from '../worker/lua/open.ts'
import { all, plainText, settle } from '../worker/lua/operate.ts'
import { createState, type Host, isLuaError } from '../worker/lua/state.ts'
import { drive } from '../worker/lua/suspend.ts'
import { type Module, typeOf, type Value } from '../worker/lua/value.ts'

const GLOBALS = new Map<Value, Value | Module>(Object.entries({ ...BASE, module, package: PACKAGE, require, table: TABLE, ...OPEN }))
const host: Host = { now: () => 86_400_000, startedAt: 0, environment: () => undefined, print: () => undefined, toField: (bytes) => bytes, fromField: (value) => value }

// oxlint-disable-next-line no-eval -- what the compiler emits is a module of the bundle; here it is run as it is
const evaluate = (code: string): Compiled => (0, eval)(code) as Compiled

/** `type:text` of each result, or the error. */
async function run(lua: string): Promise<readonly string[] | string> {
  const { code, waits, problems } = compileScripts({ sources: null, pre: lua, post: null }, true)
  if (problems.length) return problems[0]!.message
  const program = evaluate(code)
  const { pre, chunks } = program(EMITTED)
  const state = createState(GLOBALS, STRING, waits, host, null)
  state.chunks = new Map(chunks)
  try {
    return all((await drive(settle((pre as Exclude<typeof pre, string | null>)(state)))) as Value).map((value) => `${typeOf(value)}:${Buffer.from(plainText(value), 'latin1').toString()}`)
  } catch (error) {
    if (!isLuaError(error)) throw error
    return plainText(error.value)
  }
}

const hideAddresses = (text: string): string => text.replace(/0x[0-9a-f]{8,}/g, '0x…')

suite('Lua gives what gopher-lua gives', () => {
  const snippets = JSON.parse(readFileSync(path.join(import.meta.dirname, 'lua/snippets.json'), 'utf8')) as { lua: string; gives: readonly string[] | string }[]
  for (const { lua, gives } of snippets) {
    test(lua.replaceAll('\n', ' ').slice(0, 100), async () => {
      const found = await run(lua)
      assert.deepEqual(typeof found === 'string' ? hideAddresses(found) : found.map(hideAddresses), gives)
    })
  }
})

suite('A script that does not end, ends', () => {
  const endless: readonly (readonly [lua: string, error: RegExp])[] = [
    ['while true do end', /runs too long/],
    ['repeat until false', /runs too long/],
    ['for i = 1, math.huge do end', /runs too long/],
    ['::a:: goto a', /runs too long/],
    ['while true do pcall(error) end', /runs too long/],
    ['while true do pcall(function() while true do end end) end', /runs too long/],
    ['local function f() return f() end f()', /runs too long/],
    ['local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end', /runs too long/],
    ["return ('a'):rep(30):find(('a*'):rep(30) .. 'b')", /runs too long/],
    ["local s = ('x'):rep(2000000) return s:find('.-.-.-b')", /runs too long/],
    ['local function f() return 1 + f() end f()', /stack overflow/],
    ['local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x', /too many recursions/],
    ["local s = 'x' while true do s = s .. s end", /text too long/],
    ["return ('x'):rep(1e9)", /text too long/],
    ["local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000000) end", /text too long/],
    ['table.sort({3, 1, 2}, function() while true do end end)', /runs too long/],
    ["return ('x'):gsub('x', function() while true do end end)", /runs too long/],
    ['return unpack({}, 1, 1e8)', /registry overflow/],
    ["return string.format('%1000000d', 1):rep(1000)", /text too long/],
  ]
  for (const [lua, error] of endless) {
    test(lua, async () => {
      const found = await run(lua)
      assert.match(String(found), error)
    })
  }

  test('an index far out takes no room', async () => {
    assert.deepEqual(await run('local t = {} for i = 1, 100 do t[i * 600000] = i end local n = 0 for _ in pairs(t) do n = n + 1 end return n, t[600000], t[5]'), ['number:100', 'number:1', 'nil:nil'])
  })

  test('keys far out come into the list when it has grown to them', async () => {
    assert.deepEqual(await run('local t = {} t[2000] = "far" for i = 1, 1999 do t[i] = i end return #t, t[2000], t[1999]'), ['number:1999', 'string:far', 'number:1999'])
  })
})

suite('Scripts are compiled for what they use', () => {
  const compiled = (pre: string, open = true): ReturnType<typeof compileScripts> => compileScripts({ sources: null, pre, post: null }, open)

  test('only those that may wait are generators', () => {
    assert.equal(compiled('local x = 1 return tostring(x)').waits, false)
    assert.equal(compiled("return http_response.new('x'):body()").waits, true)
    assert.equal(compiled('return coroutine').waits, true)
    assert.equal(compiled('return coroutine', false).waits, false)
    assert.equal(compiled("return _G['http_' .. 'response']").waits, true)
  })

  test('texts of a script are no JavaScript', () => {
    const { code } = compiled('return "\\"}); evil(); ({", [[`${evil()}`]], "\u2028"')
    assert.deepEqual(evaluate(code)(EMITTED).chunks.length, 1)
    assert.doesNotMatch(code.replace(/"(?:[^"\\]|\\.)*"/g, ''), /evil/)
  })

  test('names of Lua may be words of JavaScript', async () => {
    assert.deepEqual(await run('local class, new, S, d, L, r, t, yield, await, arguments, eval = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 return class + new + S + d + L + r + t + yield + await + arguments + eval'), ['number:66'])
  })
})
