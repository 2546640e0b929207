import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type Command, CONFIG_OPTIONS, oneOf, parse, portOf, UsageError } from './command.ts'

const command: Command = { summary: '', usage: '', help: [], options: { ...CONFIG_OPTIONS, port: { type: 'string', short: 'p' } }, run: () => Promise.resolve(0) }
const passing: Command = { ...command, passesOn: true }

suite('parse', () => {
  const good: readonly (readonly [args: readonly string[], values: object])[] = [
    [[], {}],
    [['-c', 'a.json'], { config: 'a.json' }],
    [['--config=a=b.json', '--strict'], { config: 'a=b.json', strict: true }],
    [['-p80', '-h'], { port: '80', help: true }],
    [['-c', 'a.json', '-c', 'b.json'], { config: 'b.json' }],
  ]
  for (const [args, values] of good) {
    test(args.join(' ') || 'nothing', () => {
      const parsed = parse(command, args)
      assert.deepEqual({ ...parsed.values }, values)
      assert.deepEqual(parsed.rest, [])
    })
  }

  const bad: readonly (readonly [args: readonly string[], message: string])[] = [
    [['a.json'], 'unexpected "a.json"'],
    [['-c'], '-c needs a value'],
    [['--strict=1'], '--strict takes no value'],
    [['--confgi', 'a'], 'unknown option --confgi: did you mean --config?'],
    [['--nothing-like-it'], 'unknown option --nothing-like-it'],
    [['-z'], 'unknown option -z'],
  ]
  for (const [args, message] of bad) {
    test(`${args.join(' ')} is refused`, () => assert.throws(() => parse(command, args), new UsageError(message)))
  }

  test('passes on what is not its own, in order, where the command says so', () => {
    const { values, rest } = parse(passing, ['-c', 'a.json', '--dry-run', '--outdir', 'dist', '--var=A:1', 'word', '-z'])
    assert.deepEqual({ config: values.config, rest }, { config: 'a.json', rest: ['--dry-run', '--outdir', 'dist', '--var=A:1', 'word', '-z'] })
  })
})

test('portOf', () => {
  assert.deepEqual([undefined, '1', '8080', '65535'].map(portOf), [undefined, 1, 8080, 65_535])
  for (const value of ['0', '65536', '-1', '1.5', 'http', '', ' ']) assert.throws(() => portOf(value), UsageError, value)
})

test('oneOf', () => {
  const words = ['workerd', 'deno'] as const
  assert.equal(oneOf('runtime', undefined, words, 'workerd'), 'workerd')
  assert.equal(oneOf('runtime', 'deno', words, 'workerd'), 'deno')
  assert.throws(() => oneOf('runtime', 'dneo', words, 'workerd'), new UsageError('--runtime: expected workerd or deno, found dneo; did you mean deno?'))
})
