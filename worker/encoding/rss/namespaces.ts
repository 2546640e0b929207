/** Name spaces with a prefix that feeds can't change: after `http://`. */
export const CANONICAL: ReadonlyMap<string, string> = new Map(
  `webns.net/mvcb/ admin
purl.org/rss/1.0/modules/aggregation/ ag
purl.org/rss/1.0/modules/annotate/ annotate
media.tangent.org/rss/1.0/ audio
backend.userland.com/blogChannelModule blogChannel
creativecommons.org/ns#license cc
web.resource.org/cc/ cc
cyber.law.harvard.edu/rss/creativeCommonsRssModule.html creativeCommons
backend.userland.com/creativeCommonsRssModule creativeCommons
purl.org/rss/1.0/modules/company co
purl.org/rss/1.0/modules/content/ content
my.theinfo.org/changed/1.0/rss/ cp
purl.org/dc/elements/1.1/ dc
purl.org/dc/terms/ dcterms
purl.org/rss/1.0/modules/email/ email
purl.org/rss/1.0/modules/event/ ev
rssnamespace.org/feedburner/ext/1.0 feedburner
freshmeat.net/rss/fm/ fm
xmlns.com/foaf/0.1/ foaf
www.w3.org/2003/01/geo/wgs84_pos# geo
www.georss.org/georss georss
www.opengis.net/gml gml
postneo.com/icbm/ icbm
purl.org/rss/1.0/modules/image/ image
www.itunes.com/DTDs/PodCast-1.0.dtd itunes
example.com/DTDs/PodCast-1.0.dtd itunes
purl.org/rss/1.0/modules/link/ l
search.yahoo.com/mrss media
search.yahoo.com/mrss/ media
madskills.com/public/xml/rss/module/pingback/ pingback
prismstandard.org/namespaces/1.2/basic/ prism
www.w3.org/1999/02/22-rdf-syntax-ns# rdf
www.w3.org/2000/01/rdf-schema# rdfs
purl.org/rss/1.0/modules/reference/ ref
purl.org/rss/1.0/modules/richequiv/ reqv
purl.org/rss/1.0/modules/search/ search
purl.org/rss/1.0/modules/slash/ slash
schemas.xmlsoap.org/soap/envelope/ soap
purl.org/rss/1.0/modules/servicestatus/ ss
hacks.benhammersley.com/rss/streaming/ str
purl.org/rss/1.0/modules/subscription/ sub
purl.org/rss/1.0/modules/syndication/ sy
schemas.pocketsoap.com/rss/myDescModule/ szf
purl.org/rss/1.0/modules/taxonomy/ taxo
purl.org/rss/1.0/modules/threading/ thr
purl.org/rss/1.0/modules/textinput/ ti
madskills.com/public/xml/rss/module/trackback/ trackback
wellformedweb.org/commentAPI/ wfw
purl.org/rss/1.0/modules/wiki/ wiki
www.w3.org/1999/xhtml xhtml
www.w3.org/1999/xlink xlink
www.w3.org/XML/1998/namespace xml
podlove.org/simple-chapters psc`
    .split('\n')
    .map((line): [string, string] => {
      const [space, prefix] = line.split(' ') as [string, string]
      return [`http://${space}`, prefix]
    }),
)
