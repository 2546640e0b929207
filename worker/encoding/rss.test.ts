import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { JsonObject, Made } from '../types.ts'
import { isObject } from '../json/data.ts'
import { decode, parseFeed } from './rss.ts'
import { dataOfFeed } from './rss/feed.ts'

const dataOf = (text: string): JsonObject => JSON.parse(JSON.stringify(dataOfFeed(parseFeed(new TextEncoder().encode(text))))) as JsonObject
const EMPTY = { author: null, categories: null, copyright: '', custom: null, description: '', items: [], language: '', published: '', title: '', updated: '' }
const SPACES =
  'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:x="urn:x"'
const rss = (channel: string): string => `<rss version="2.0" ${SPACES}><channel>${channel}</channel></rss>`
const itemOf = (item: string): unknown => (dataOf(rss(`<item>${item}</item>`)).items as unknown[])[0]
const entryOf = (entry: string): unknown => (dataOf(`<feed xmlns="http://www.w3.org/2005/Atom" ${SPACES}><entry>${entry}</entry></feed>`).items as unknown[])[0]
const extension = (name: string, value: string, attrs: object = {}, children: object = {}): object => ({ name, value, attrs, children })

void suite('RSS', () => {
  void test('a channel', () => {
    const channel =
      '<title>T &amp; U</title><link>l</link><description>D</description><language>ca</language><copyright>c</copyright><pubDate>Mon, 06 Jan 2020 10:00:00 +0200</pubDate><lastBuildDate>U</lastBuildDate><category>a</category><category>b</category><managingEditor>ed@x (Ed)</managingEditor><image><url>i.png</url><title>t</title></image>'
    assert.deepEqual(dataOf(rss(channel)), {
      ...EMPTY, type: 'rss', title: 'T & U', description: 'D', language: 'ca', copyright: 'c', published: 'Mon, 06 Jan 2020 10:00:00 +0200', updated: 'U', categories: ['a', 'b'], author: { name: 'Ed', email: 'ed@x' }, img_url: 'i.png',
    })
  })
  void test('nothing in it', () => assert.deepEqual(dataOf('<rss/>'), { ...EMPTY, type: 'rss' }))
  void test('an image without an address', () => assert.deepEqual(dataOf(rss('<image/>')), { ...EMPTY, type: 'rss', img_url: '' }))
  void test('what Dublin Core and iTunes say, where the channel does not', () => {
    const channel =
      '<dc:title>T</dc:title><dc:language>de</dc:language><dc:rights>r</dc:rights><dc:date>2020-01-01</dc:date><dc:creator>C (c@x)</dc:creator><dc:subject>s</dc:subject><itunes:keywords>k, l</itunes:keywords><itunes:image href="i"/><itunes:category text="A"><itunes:category text="B"/></itunes:category>'
    // The canonical prefix of this name space's other spelling is iTunes' too.
    for (const text of [rss(channel), rss(channel).replace('dtds/podcast', 'DTDs/PodCast')]) {
      assert.deepEqual(dataOf(text), { ...EMPTY, type: 'rss', title: 'T', language: 'de', copyright: 'r', updated: '2020-01-01', author: { name: 'C', email: 'c@x' }, categories: ['k', ' l', 'A', 'B', 's'], img_url: 'i' })
    }
  })
  void test('an item', () => {
    const item =
      '<title>T</title><link>1</link><link href="2"/><description><![CDATA[<p>Hi</p>]]></description><content:encoded><![CDATA[<b>C</b>]]></content:encoded><guid>g</guid><pubDate>Mon, 06 Jan 2020 10:00:00 +0200</pubDate><category>c</category><author>a@x</author><enclosure url="u" length="1" type="t"/><enclosure url="v"/><other>o</other>'
    assert.deepEqual(itemOf(item), {
      title: 'T', link: '2', links: ['1', '2'], description: '<p>Hi</p>', content: '<b>C</b>', guid: 'g', published: 'Mon, 06 Jan 2020 10:00:00 +0200', publishedParsed: '2020-01-06T08:00:00Z', categories: ['c'],
      author: { email: 'a@x' }, authors: [{ email: 'a@x' }], enclosures: [{ url: 'u', length: '1', type: 't' }, { url: 'v' }], custom: { other: 'o' },
    })
  })
  void test('an item of extensions', () => {
    const item = '<dc:creator>Cy</dc:creator><dc:date>2020-01-01T00:00:00+02:00</dc:date><itunes:duration>9</itunes:duration><itunes:image href="i"/><media:group><media:content url="u">v</media:content></media:group><x:__proto__>p</x:__proto__>'
    assert.deepEqual(itemOf(item), {
      published: '2020-01-01T00:00:00+02:00', publishedParsed: '2020-01-01T00:00:00+02:00', author: { name: 'Cy' }, authors: [{ name: 'Cy' }], image: { url: 'i' },
      dcExt: { creator: ['Cy'], date: ['2020-01-01T00:00:00+02:00'] },
      itunesExt: { duration: '9', image: 'i' },
      extensions: {
        dc: { creator: [extension('creator', 'Cy')], date: [extension('date', '2020-01-01T00:00:00+02:00')] },
        itunes: { duration: [extension('duration', '9')], image: [extension('image', '', { href: 'i' })] },
        media: { group: [extension('group', '', {}, { content: [extension('content', 'v', { url: 'u' })] })] },
        x: JSON.parse(`{"__proto__":[${JSON.stringify(extension('__proto__', 'p'))}]}`),
      },
    })
  })
  void test('RSS 1.0 has its items beside the channel', () => {
    const text = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" ${SPACES}><channel><title>R</title></channel><image><url>i</url></image><item><title>I</title></item></rdf:RDF>`
    assert.deepEqual(dataOf(text), { ...EMPTY, type: 'rss', title: 'R', items: [{ title: 'I' }], img_url: 'i' })
  })
  void test('loose markup', () => {
    assert.deepEqual(dataOf(rss('<title>R&eacute;s&#x75;m&eacute;&nbsp;<b>x</b></title><description>AT&T &eacute; & co</description><category domain=d x>c</category>')), {
      ...EMPTY, type: 'rss', title: 'Résumé\u00a0<b>x</b>', description: 'AT&T &eacute; & co', categories: ['c'],
    })
  })
  void test('a closing tag that fits nothing closes all', () => {
    assert.deepEqual(dataOf(rss('<title>t</title><description>d</descripton><language>l</language>')), { ...EMPTY, type: 'rss', title: 't', description: 'd' })
  })
  void test('of several dates the last is parsed that is one', () => {
    assert.deepEqual(itemOf('<pubDate>2020-01-06</pubDate><pubDate>soon</pubDate>'), { published: 'soon', publishedParsed: '2020-01-06T00:00:00Z' })
  })
})

void suite('Atom', () => {
  void test('a feed', () => {
    const text =
      '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ca"><title>T</title><subtitle>S</subtitle><updated>2021-02-03T04:05:06Z</updated><author><name>Ann</name><email>a@x</email><uri>u</uri></author><author><name>Ben</name></author><category term="c" label="l"/><rights>r</rights><logo>i</logo></feed>'
    assert.deepEqual(dataOf(text), { ...EMPTY, type: 'atom', title: 'T', description: 'S', updated: '2021-02-03T04:05:06Z', author: { name: 'Ann', email: 'a@x' }, categories: ['c'], copyright: 'r', language: 'ca', img_url: 'i' })
  })
  void test('an entry', () => {
    const entry =
      '<title>T</title><id>g</id><link href="1"/><link rel="self" href="2"/><link rel="enclosure" href="3" length="4" type="t"/><link rel="edit" href="5"/><updated>2021-02-03T00:00:00+01:00</updated><summary>S</summary><content type="html">&lt;b&gt;C&lt;/b&gt;</content><author><name>A</name></author><author><name>B</name></author><category term="c"/><x:y>z</x:y>'
    assert.deepEqual(entryOf(entry), {
      title: 'T', guid: 'g', link: '1', links: ['1', '2'], enclosures: [{ url: '3', length: '4', type: 't' }], updated: '2021-02-03T00:00:00+01:00', updatedParsed: '2021-02-02T23:00:00Z',
      published: '2021-02-03T00:00:00+01:00', publishedParsed: '2021-02-02T23:00:00Z', description: 'S', content: '<b>C</b>', author: { name: 'A' }, authors: [{ name: 'A' }, { name: 'B' }], categories: ['c'],
      extensions: { x: { y: [extension('y', 'z')] } },
    })
  })
  void test('Atom 0.3', () => {
    const text = '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><tagline>S</tagline><modified>M</modified><copyright>r</copyright><entry><title mode="escaped" type="text/html">T &amp;amp; U</title><issued>2003-12-13T08:29:29-04:00</issued></entry></feed>'
    assert.deepEqual(dataOf(text), { ...EMPTY, type: 'atom', description: 'S', updated: 'M', copyright: 'r', items: [{ title: 'T &amp; U', published: '2003-12-13T08:29:29-04:00', publishedParsed: '2003-12-13T12:29:29Z' }] })
  })

  const TEXTS: { readonly [about: string]: readonly [content: string, text: string] } = {
    'plain text': ['<content>a &amp;amp; &lt;b&gt;</content>', 'a &amp; <b>'],
    'HTML': ['<content type="html">&lt;p&gt;a&lt;/p&gt;</content>', '<p>a</p>'],
    'HTML in CDATA': ['<content type="html"><![CDATA[<p>a</p>]]></content>', '<p>a</p>'],
    'XHTML without its <div>': ['<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; <b>"B"</b><br/></p></div></content>', '<p>A &amp; <b>&#34;B&#34;</b><br/></p>'],
    'XHTML of two <div>s': ['<content type="xhtml"><div>a</div><div>b</div></content>', '<div>a</div><div>b</div>'],
    'base64': ['<content type="image/png">w6k=</content>', 'é'],
    'what could be base64': ['<content mode="escaped">a &lt;b></content>', 'a &lt;b>'],
  }
  for (const [about, [content, text]] of Object.entries(TEXTS)) void test(about, () => assert.deepEqual(entryOf(content), { content: text }))

  void test('a base holds until the first element ends', () => {
    const feed = (more: string): JsonObject => dataOf(`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.test/x">${more}</feed>`)
    assert.deepEqual(feed('<logo xml:base="http://c.test/y/">i.png</logo>').img_url, 'http://b.test/x/i.png')
    assert.deepEqual(feed('<entry><link href="a?b"/><link href="c"/></entry>').items, [{ link: 'http://b.test/x/a?b', links: ['http://b.test/x/a?b', 'c'] }])
    assert.deepEqual(feed('<title/><logo>i.png</logo>').img_url, 'i.png')
  })
  void test('addresses within HTML', () => {
    const text = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.test/"><entry xml:base="x/"><content type="html">&lt;a HREF="p">q&lt;img src=i&gt;&lt;/a&gt;</content></entry></feed>'
    assert.deepEqual(dataOf(text).items, [{ content: '<a href="http://b.test/p">q<img src="http://b.test/i"/></a>' }])
  })
})

void suite('JSON Feed', () => {
  void test('1.0', () => {
    const feed = { version: 'https://jsonfeed.org/version/1', title: 'T', description: 'D', icon: 'i', author: { name: 'Ann (a@x)' }, items: [{ id: '1', url: 'u', external_url: 'e', content_text: 'c', summary: 's', tags: ['t'], date_published: '2010-02-07T14:04:00-05:00', attachments: [{ url: 'a', mime_type: 'm' }, { url: 'b', duration_in_seconds: 12345678901234 }] }] }
    assert.deepEqual(dataOf(JSON.stringify(feed)), {
      ...EMPTY, type: 'json', title: 'T', description: 'D', author: { name: 'Ann', email: 'a@x' }, published: '2010-02-07T14:04:00-05:00', img_url: 'i',
      items: [{ guid: '1', link: 'u', links: ['u', 'e'], content: 'c', description: 's', categories: ['t'], published: '2010-02-07T14:04:00-05:00', publishedParsed: '2010-02-07T14:04:00-05:00', enclosures: [{ url: 'a', type: 'm', length: '0' }, { url: 'b', length: '12345678901234' }] }],
    })
  })
  void test('1.1', () => {
    const feed = { version: 'https://jsonfeed.org/version/1.1', Title: 'T', language: 'ca', authors: [{ name: 'A' }], items: [{ title: 't', content_html: '<p>', content_text: 'c', banner_image: 'b', date_modified: 'm', authors: [{ name: 'A' }, { name: 'b@x' }, {}] }] }
    assert.deepEqual(dataOf(JSON.stringify(feed)), { ...EMPTY, type: 'json', title: 'T', language: 'ca', updated: 'm', items: [{ title: 't', content: '<p>', image: { url: 'b' }, updated: 'm', authors: [{ name: 'A' }, { email: 'b@x' }, {}] }] })
  })
  void test('members of another kind', () => {
    for (const feed of [{ title: 1 }, { items: {} }, { items: [null] }, { items: [{ id: 1 }] }, { items: [{ tags: ['a', 2] }] }, { items: [{ attachments: [{ duration_in_seconds: 1.5 }] }] }, { expired: 'no' }, { author: [] }]) {
      assert.throws(() => dataOf(JSON.stringify(feed)), { kind: 'decode' }, JSON.stringify(feed))
    }
  })
})

test('no feeds', () => {
  for (const text of ['', 'x', '[]', '{', '{"items":[]} x', '<html><body>x</body></html>']) assert.throws(() => dataOf(text), { kind: 'decode', message: 'Failed to detect feed type' }, text)
  for (const text of ['<rss><channel><title>x', '<rss><channel><item><enclosure><x/></enclosure></item></channel></rss>', '<rss><channel><a b="<"/></channel></rss>']) assert.throws(() => dataOf(text), { kind: 'decode' }, text)
})

test('a charset, and a byte order mark', () => {
  const latin = Uint8Array.of(...new TextEncoder().encode('<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><title>'), 0xe9, ...new TextEncoder().encode('</title></channel></rss>'))
  assert.equal(parseFeed(latin).title, 'é')
  assert.equal(dataOf(`\ufeff${rss('<title>x</title>')}`).title, 'x')
})

test('filters see neither the author nor the items', async () => {
  const answer = await decode({ maxBytes: 1000 }, {} as Made)(new Response(rss('<webMaster>a@x</webMaster><item><title>t</title></item>')), {} as never)
  const { value } = answer.body as { value: JsonObject }
  assert.equal(isObject(value.author), false)
  assert.equal(isObject((value.items as unknown[])[0]), false)
})
