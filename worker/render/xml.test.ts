import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { parseXml } from '../encoding/xml.ts'
import { opaque, parseData, withDoubles } from '../json/data.ts'
import type { JsonObject } from '../types.ts'
import { toXml } from './xml.ts'

/** Texts of JSON and what becomes of them. */
const CASES: { readonly [about: string]: readonly [json: string, xml: string] } = {
  'several members': ['{"b":1,"a":"x","Z":true,"n":null,"f":1.50,"e":"","é":"ü"}', '<doc><Z>true</Z><a>x</a><b>1</b><e/><f>1.50</f><n/><é>ü</é></doc>'],
  'one member is the root': ['{"root":{"a":1}}', '<root><a>1</a></root>'],
  'one text': ['{"a":"x"}', '<a>x</a>'],
  'nothing in it': ['{"a":{}}', '<a/>'],
  'nothing at all': ['{}', '<doc/>'],
  'names sorted by bytes': ['{"\ue000":1,"\u{1f600}":2}', '<doc><\ue000>1</\ue000><\u{1f600}>2</\u{1f600}></doc>'],
  'names of Object.prototype': ['{"__proto__":1,"constructor":{"-toString":2}}', '<doc><__proto__>1</__proto__><constructor toString="2"/></doc>'],
  'objects in a list are several roots': ['{"a":[{"b":1},{"c":2}]}', '<a><b>1</b></a><a><c>2</c></a>'],
  'a list with something else': ['{"a":[{"b":1},2]}', '<doc><a><b>1</b></a><a>2</a></doc>'],
  'lists within lists': ['{"a":[[1,[2]],[]],"b":[]}', '<doc><a>1</a><a>2</a><a/><b/></doc>'],
  'attributes, sorted': ['{"a":{"-y":"1","-x":2,"-z":true}}', '<a x="2" y="1" z="true"/>'],
  'attributes and text': ['{"a":{"-id":7,"#text":"a < b"}}', '<a id="7">a &lt; b</a>'],
  'attributes, text and elements': ['{"a":{"b":1,"#text":"t","-c":"d"}}', '<a c="d">t<b>1</b></a>'],
  'a lone dash is a name': ['{"a":{"-":1}}', '<a><->1</-></a>'],
  'a text that is none': ['{"a":{"#text":{"y":[1,null],"x":"<"}}}', '<a>map[x:< y:[1 <nil>]]</a>'],
  'a text member alone': ['{"#text":"x"}', '<#text>x</#text>'],
  'an attribute alone': ['{"-x":"1"}', '<-x>1</-x>'],
  'what is escaped': ['{"a":"<b> & \\"c\\" \'d\' ]]>"}', '<a>&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; ]]&gt;</a>'],
  'numbers keep their text': ['{"a":[1e21,1.0,-0,12345678901234567890]}', '<doc><a>1e21</a><a>1.0</a><a>-0</a><a>12345678901234567890</a></doc>'],
  'an attribute that can be none': ['{"a":{"-x":null},"b":1}', ''],
  'one within a list': ['{"a":[{"b":{"-x":[]}}]}', ''],
}

void suite('data as XML', () => {
  for (const [about, [json, xml]] of Object.entries(CASES)) {
    void test(about, () => assert.equal(toXml(parseData(json) as JsonObject), xml))
  }
  void test('doubles are printed as such', () => assert.equal(toXml(withDoubles({ a: [1e6, 1, 2.5] }) as JsonObject), '<doc><a>1e+06</a><a>1</a><a>2.5</a></doc>'))
  void test('error details are a text', () => {
    const xml = toXml({ error_d: opaque({ http_status_code: 404, http_body: `<"'&\n` }) })
    assert.equal(xml, '<error_d>&lt;NamedHTTPResponseError&gt;&lt;Code&gt;404&lt;/Code&gt;&lt;Msg&gt;&amp;lt;&amp;#34;&amp;#39;&amp;amp;&amp;#xA;&lt;/Msg&gt;&lt;Enc&gt;&lt;/Enc&gt;&lt;/NamedHTTPResponseError&gt;</error_d>')
  })
  void test('opaque objects are written too', () => assert.equal(toXml({ a: opaque({ b: 'c' }) }), '<a><b>c</b></a>'))
})

/** What XML can say, as mxj reads it: no empty objects, lists of two and more, texts without blanks around them. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', '&', '<', '>', '"', "'", ']', 'é', '\u{1f600}', '\u00a0', ' x') }).map((value) => value.trim())
const name = fc.constantFrom('a', 'b-1', 'Ünï', '_c', 'd.e', '__proto__', 'constructor', 'xmlns')
const { element } = fc.letrec<{ element: unknown; object: unknown; member: unknown }>((tie) => ({
  element: fc.oneof({ maxDepth: 5 }, text, tie('object')),
  object: fc
    .tuple(fc.uniqueArray(fc.tuple(name, text), { maxLength: 2, selector: ([key]) => key }), fc.uniqueArray(fc.tuple(name, tie('member')), { maxLength: 3, selector: ([key]) => key }), text)
    .filter(([attributes, children]) => attributes.length + children.length > 0)
    .map(([attributes, children, content]) => Object.fromEntries([...attributes.map(([key, value]) => [`-${key}`, value]), ...children, ...(content === '' ? [] : [['#text', content]])]) as unknown),
  member: fc.oneof(tie('element'), fc.array(tie('element'), { minLength: 2, maxLength: 3 })),
}))

test('what was written is read as it was', () => {
  fc.assert(
    fc.property(name, element, (root, value) => {
      const data = Object.fromEntries([[root, value]])
      assert.deepEqual(parseXml(new TextEncoder().encode(toXml(data))), data)
    }),
    { numRuns: 500 },
  )
})
