import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { Made } from '../types.ts'
import { decode, parseXml } from './xml.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Documents and what mxj makes of them. */
const GOOD: { readonly [about: string]: readonly [xml: string, data: object] } = {
  'a text': ['<a>x</a>', { a: 'x' }],
  'nothing': ['<a/>', { a: '' }],
  'blanks': ['<a>\n\t \r</a>', { a: '' }],
  'blanks around a text': ['<a>\n  <b>  two words \n</b><c>\u00a0x\u00a0</c></a>', { a: { b: 'two words', c: '\u00a0x\u00a0' } }],
  'attributes': ['<a x="1" y=\'\'/>', { a: { '-x': '1', '-y': '' } }],
  'attributes and text': ['<a x="1">t</a>', { a: { '-x': '1', '#text': 't' } }],
  'an attribute twice': ['<a x="1" x="2"/>', { a: { '-x': '2' } }],
  'attributes without a blank between them': ['<a x="1"y="2"/>', { a: { '-x': '1', '-y': '2' } }],
  'tabs and line breaks in an attribute': ['<a x="1\t2\r\n3&#10;&amp;"/>', { a: { '-x': '1\t2\n3\n&' } }],
  'an attribute that looks like the end of CDATA': ['<a x="]]>"/>', { a: { '-x': ']]>' } }],
  'elements of one name': ['<a><b>1</b><c/><b>2</b><b x="3"/></a>', { a: { b: ['1', '2', { '-x': '3' }], c: '' } }],
  'lists within lists': ['<a><l><i>1</i><i>2</i></l><l><i>3</i></l></a>', { a: { l: [{ i: ['1', '2'] }, { i: '3' }] } }],
  'the text before the first element wins': ['<a>first<b/>second<b/>third</a>', { a: { '#text': 'first', b: ['', ''] } }],
  'the last text wins after an attribute': ['<a x="1">first<b/>second</a>', { a: { '-x': '1', '#text': 'second', b: '' } }],
  'the last text wins after an element': ['<a><b/>one<b/>two</a>', { a: { '#text': 'two', b: ['', ''] } }],
  'runs of text': ['<a>one<!-- -->two<?p ?>three<![CDATA[four]]></a>', { a: 'four' }],
  'CDATA': ['<a><![CDATA[<i>&amp;]] ]></i>]]></a>', { a: '<i>&amp;]] ]></i>' }],
  'references': ['<a t="&quot;&amp;">&lt;&#233;&#x20AC;&apos;&gt;</a>', { a: { '-t': '"&', '#text': "<é€'>" } }],
  'prefixes': ['<s:a xmlns:s="u" xmlns="d" x:h="1"><s:b>2</s:b><b>3</b><:c/><d:/></s:a>', { a: { '-s': 'u', '-xmlns': 'd', '-h': '1', b: ['2', '3'], ':c': '', 'd:': '' } }],
  'names of Object.prototype': ['<__proto__ constructor="1"><__proto__>2</__proto__><toString/></__proto__>', JSON.parse('{"__proto__":{"-constructor":"1","__proto__":"2","toString":""}}') as object],
  'comments, instructions and a doctype': ['<!DOCTYPE a [<!ENTITY e "v">]><?php x ?><!-- c --><a>x</a>', { a: 'x' }],
  'a declaration behind blanks': ['\n  <?xml version="1.0"?>\n<a>x</a>', { a: 'x' }],
  'a byte order mark': ['\ufeff<?xml version="1.0"?><a>x</a>', { a: 'x' }],
  'text before the root': ['hello <a>x</a>', { a: 'x' }],
  'what follows the root': ['<a>x</a> more </b> & <', { a: 'x' }],
  'two roots': ['<a>1</a><b>2</b>', { a: '1' }],
  'line breaks': ['<a>x\r\ny\rz</a>', { a: 'x\ny\nz' }],
}

/** Documents and the error's words; Go's, but for the last. */
const BAD: { readonly [about: string]: readonly [xml: string, message: string] } = {
  'nothing': ['', 'EOF'],
  'text alone': ['just text', 'EOF'],
  'a cut document': ['<a>\n<b>1</b>', 'xml.Decoder.Token() - XML syntax error on line 2: unexpected EOF'],
  'crossed tags': ['<a><b></a></b>', 'xml.Decoder.Token() - XML syntax error on line 1: element <b> closed by </a>'],
  'an attribute without quotes': ['<a b=1></a>', 'xml.Decoder.Token() - XML syntax error on line 1: unquoted or missing attribute value in element'],
  'a name with two colons': ['<a:b:c/>', 'xml.Decoder.Token() - XML syntax error on line 1: expected element name after <'],
  'a lone CDATA end': ['<a>]]></a>', 'xml.Decoder.Token() - XML syntax error on line 1: unescaped ]]> not in CDATA section'],
  'one before the root': [']]><a/>', 'xml.Decoder.Token() - XML syntax error on line 1: unescaped ]]> not in CDATA section'],
  'dashes in a comment': ['<a><!-- a -- b --></a>', 'xml.Decoder.Token() - XML syntax error on line 1: invalid sequence "--" not allowed in comments'],
  'XML 1.1': ['<?xml version="1.1"?><a/>', 'xml.Decoder.Token() - xml: unsupported version "1.1"; only version 1.0 is supported'],
  'an unknown charset': ['<?xml version="1.0" encoding="x-none"?><a/>', 'xml.Decoder.Token() - xml: opening charset "x-none": unsupported charset: "x-none"'],
  'an entity of the doctype': ['<!DOCTYPE a [<!ENTITY e "v">]><a>&e;</a>', 'xml.Decoder.Token() - XML syntax error on line 1: invalid character entity'],
}

void suite('XML as data', () => {
  for (const [about, [xml, data]] of Object.entries(GOOD)) void test(about, () => assert.deepEqual(parseXml(bytes(xml)), data))
})

void suite('wrong XML', () => {
  for (const [about, [xml, message]] of Object.entries(BAD)) void test(about, () => assert.throws(() => parseXml(bytes(xml)), { kind: 'decode', message }))
  void test('no UTF-8', () => {
    const text = Uint8Array.of(...bytes('<a>'), 0xff, ...bytes('</a>'))
    assert.throws(() => parseXml(text), { message: 'xml.Decoder.Token() - XML syntax error on line 1: invalid UTF-8' })
    assert.deepEqual(parseXml(Uint8Array.of(...bytes('<a/>'), 0xff)), { a: '' })
  })
  void test('deep documents', () => {
    assert.throws(() => parseXml(bytes('<a>'.repeat(100_000))), { message: 'xml.Decoder.Token() - XML syntax error on line 1: exceeded max depth' })
    assert.equal(JSON.stringify(parseXml(bytes(`${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`))).length, 1000 * 6 + 2)
  })
})

test('charsets by the declaration', () => {
  const declared = (charset: string, ...text: number[]): Uint8Array => Uint8Array.of(...bytes(`<?xml version="1.0" encoding="${charset}"?><a b="`), ...text, ...bytes('"/>'))
  assert.deepEqual(parseXml(declared('ISO-8859-1', 0xe9)), { a: { '-b': 'é' } })
  assert.deepEqual(parseXml(declared('Windows-1251', 0xcf)), { a: { '-b': 'П' } })
  assert.deepEqual(parseXml(declared('shift_jis', 0x82, 0xa0)), { a: { '-b': 'あ' } })
  assert.deepEqual(parseXml(declared('UTF-8', 0xc3, 0xa9)), { a: { '-b': 'é' } })
})

/** Elements written with all that doesn't change what they say. */
const noise = fc.constantFrom('', '<!-- x -->', '<?p i?>', '\n ')
const content = fc.string({ unit: fc.constantFrom('a', 'é', '&', '<', ']', '>', '\u{1f600}', '"') })
const escaped = (text: string): string => text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`)
const { element } = fc.letrec<{ element: { xml: string; data: unknown } }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(content, fc.boolean(), noise).map(([text, cdata, extra]) => ({ xml: extra + (cdata && !text.includes(']]>') && text !== '' ? `<![CDATA[${text}]]>` : escaped(text)) + extra, data: text as unknown })),
    fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'ns:c', '__proto__'), fc.array(tie('element'), { minLength: 1, maxLength: 3 }), noise), { minLength: 1, maxLength: 3, selector: ([key]) => key }).map((members) => ({
      xml: members.map(([key, values, extra]) => values.map(({ xml }) => `${extra}<${key}>${xml}</${key} >${extra}`).join('')).join(''),
      data: Object.fromEntries(members.map(([key, values]) => [key.replace('ns:', ''), values.length === 1 ? values[0]!.data : values.map(({ data }) => data)])) as unknown,
    })),
  ),
}))

test('any document, with comments, CDATA and references in it', () => {
  fc.assert(fc.property(element, ({ xml, data }) => assert.deepEqual(parseXml(bytes(`<root>${xml}</root>`)), { root: data })), { numRuns: 500 })
})

test('a collection holds the document', async () => {
  const read = decode({ collection: true, maxBytes: 100 }, {} as Made)
  const answer = await read(new Response('<a>x</a>'), {} as never)
  assert.deepEqual(answer, { status: 0, headers: null, complete: true, body: { kind: 'data', value: { collection: { a: 'x' } } } })
  await assert.rejects(async () => read(new Response('x'.repeat(101)), {} as never), { kind: 'too-large' })
})
