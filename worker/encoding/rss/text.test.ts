import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unescapeHtml } from './entities.ts'
import { innerOfDiv, mapAddresses } from './html.ts'
import { formatAddress, parseAddress, resolve } from './address.ts'
import { decodeEntities, parsePerson, plainText, stripCdata } from './text.ts'

test('references', () => {
  const cases = { '&amp;&lt;&gt;&quot;&apos;': '&<>"\'', '&eacute;&hellip;&rsquo;': 'é…’', '&#65;&#x41;&#X41;': 'AAA', '&#x80;&#150;': '€–', '&#0;&#xD800;&#x110000;': '\ufffd\ufffd\ufffd', '&notit;&ampx;': '¬it;&x;', '&unknown;&;&#;&#x': '&unknown;&;&#;&#x', '&hellip &copy': '&hellip ©', '&constructor;': '&constructor;' }
  for (const [text, plain] of Object.entries(cases)) assert.equal(unescapeHtml(text), plain, text)
})

test('texts of elements', () => {
  assert.equal(decodeEntities('a &amp; b & c &amp; d'), 'a & b & c &amp; d')
  assert.equal(plainText(' \u00a0a&lt;\n'), 'a<')
  assert.equal(plainText('<![CDATA[ &amp; ]]> &amp; b'), ' &amp;  & b')
  assert.equal(stripCdata('lost<![CDATA[a]]>'), 'a')
  assert.equal(stripCdata('<![CDATA[a'), '<![CDATA[a')
  // The two sections take 26 bytes, but it goes on at byte 13 + 23 + 3.
  assert.equal(stripCdata(`<![CDATA[a]]><![CDATA[b]]>${'é'.repeat(6)}x&amp;y`), 'ab&y')
})

test('people', () => {
  assert.deepEqual(parsePerson('ann@x.test (Ann B)'), { name: 'Ann B', email: 'ann@x.test' })
  assert.deepEqual(parsePerson('Ann B (ann@x.test)'), { name: 'Ann B', email: 'ann@x.test' })
  assert.deepEqual(parsePerson('Ann'), { name: 'Ann', email: '' })
  assert.deepEqual(parsePerson('ann@x.test'), { name: '', email: 'ann@x.test' })
  assert.deepEqual(parsePerson('Ann (B)'), { name: '', email: '' })
})

test('HTML without its wrapping <div>', () => {
  assert.equal(innerOfDiv('<div class="x">a <B TITLE=\'"\'>b</B><br>&nbsp;</div>'), 'a <b title="&#34;">b</b><br/>\u00a0')
  assert.equal(innerOfDiv('<div>a</div><p>b</p>'), '<div>a</div><p>b</p>')
  assert.equal(innerOfDiv('<div><p>a<p>b<ul><li>c<li>d</ul></div>'), '<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>')
  assert.equal(innerOfDiv('<div><!-- <p> --><script>a < b</script>c</div>'), '<!-- <p> --><script>a < b</script>c')
  assert.equal(innerOfDiv('<div><constructor>x</constructor></div>'), '<constructor>x</constructor>')
  const deep = `<div>${'<b>'.repeat(100_000)}</div>`
  assert.equal(innerOfDiv(deep), deep)
})

test('addresses in HTML: the first attribute of an element that holds one', () => {
  assert.equal(mapAddresses('<a href="x" src="y">t</a><img SRC=z>', (address) => `/${address}`), '<a href="/x" src="y">t</a><img src="/z"/>')
  assert.equal(mapAddresses('<a href="x">', () => null), '<a href="x"></a>')
})

test('references to addresses', () => {
  const of = (base: string, reference: string): string => formatAddress(resolve(parseAddress(base)!, parseAddress(reference)!))
  // RFC 3986, §5.4.1.
  const cases = {
    g: 'http://a/b/c/g', './g': 'http://a/b/c/g', 'g/': 'http://a/b/c/g/', '/g': 'http://a/g', '//g': 'http://g', '?y': 'http://a/b/c/d;p?y', 'g?y': 'http://a/b/c/g?y', '#s': 'http://a/b/c/d;p?q#s', 'g#s': 'http://a/b/c/g#s', ';x': 'http://a/b/c/;x', '': 'http://a/b/c/d;p?q',
    '.': 'http://a/b/c/', '..': 'http://a/b/', '../..': 'http://a/', '../../../g': 'http://a/g', 'mailto:x@y': 'mailto:x@y', 'HTTP://h/é x': 'http://h/%C3%A9%20x', 'a b?c d': 'http://a/b/c/a%20b?c d',
  }
  for (const [reference, address] of Object.entries(cases)) assert.equal(of('http://a/b/c/d;p?q', reference), address, reference)
  for (const wrong of ['a\u0001', '%zz', 'a b:c', 'http://a b/', 'http://a:x/']) assert.equal(parseAddress(wrong), null, wrong)
})
