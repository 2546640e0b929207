/** Lua: statements and expressions whose values the upstream is sent, and tells. */
import { createText, type Grammar } from './grammar.ts'
import { ECHO, type Generate, HOST } from './suite.ts'

const raw = String.raw

const LUA: Grammar = {
  number: { plain: ['0', '1', '-1', '2', '3', '10', '255', '1.5', '-2.5', '1e3', '0x10', '7', '100', '1e15', '1e16', '123456789', '0.1', '-0', '1/0', '-1/0', '3.0', '2^53', '1e300'] },
  text: {
    plain: ["''", "'a'", "'abc'", "'Hello World'", "'12'", "'3.7'", "' 5 '", "'0x1F'", "'é'", "'a,b;c'", "'key=val'", "'%d'", raw`'x\ny'`, "'ABC'", "'aaa'", "'2024-01-02'", '[[long]]', "'%%'", "'foo.bar'", "'10e2'"],
  },
  pattern: {
    plain: [
      'a', '%a+', '%d+', '(%w+)=(%w+)', '.', '^a', 'c$', '[abc]+', '[^,]+', '%s', '(a)(b)', 'l+', '()b', '%w*', '.-b', 'o.?', '%u', '[%a_]+', '%p', '(%d+)-(%d+)-(%d+)', '%bab',
      '%f[%w]%w+', '[a-c]', '-', '%.', '[]]', 'x*',
    ].map((pattern) => `'${pattern}'`),
  },
  operator: { plain: ['+', '-', '*', '/', '%', '^', '..', '==', '~=', '<', '>', '<=', '>=', 'and', 'or'] },
  format: {
    plain: [
      '%d', '%5d', '%-5d|', '%05d', '%x', '%X', '%o', '%e', '%g', '%.3f', '%f', '%s', '%10s|', '%-6s|', '%.2s', '%q', '%c', '%i', '%+d', '%5.1f', '%G', '%u', '%#x', '% d', '%.0f',
      '%s %s', '%%', '%5s%5s',
    ].map((format) => `'${format}'`),
  },
  place: { plain: ['1', '2', '-2', '0', '5', '-10', '1.5'] },
  replacement: { plain: ["'x'", "'%1'", "'<%0>'", "''", "'%%'", "{a='1',abc='2'}", 'function(a,b) return b or a end', 'function() end', "'%2'"] },
  mathone: { plain: ['floor', 'ceil', 'abs', 'sqrt', 'exp', 'log', 'sin', 'cos', 'tan', 'atan', 'asin', 'deg', 'rad'] },
  mathtwo: { plain: ['max', 'min', 'fmod', 'pow', 'atan2', 'ldexp'] },
  thrown: { plain: ["'m'", '{}', 'nil', '12', "'m',0"] },
  value: {
    plain: ['<number>', '<number>', '<text>', 'x', 'y', 's', 't', 'n', 'nil', 'true', 'false'],
    nested: [
      '(<value> <operator> <value>)', '(<value> <operator> <value>)', '(not <value>)', '(-<number>)', '#<text>', '#t', 'tostring(<value>)', 'tonumber(<value>)', 'tonumber(<value>,16)', 'tonumber(<value>,2)', 'type(<value>)',
      'string.format(<format>,<value>)', 'string.format(<format>,<value>,<value>)', 'string.sub(<text>,<place>)', 'string.sub(<text>,<place>,<place>)', 'string.upper(<value>)', 'string.lower(<value>)',
      'string.len(<value>)', 'string.reverse(<value>)', 'string.rep(<text>,<place>)', 'string.find(<text>,<pattern>)', 'string.find(<text>,<pattern>,<place>,true)', 'string.match(<text>,<pattern>)',
      'string.match(<text>,<pattern>,<place>)', 'string.gsub(<text>,<pattern>,<replacement>)', 'string.gsub(<text>,<pattern>,<replacement>,1)', 'string.byte(<text>)', 'string.byte(<text>,<place>)', 'string.char(97,98)',
      'math.<mathone>(<number>)', 'math.<mathone>(<value>)', 'math.<mathtwo>(<number>,<number>)', 'math.modf(<number>)', "select('#',<value>,<value>)", 'select(2,<value>,<value>,<value>)', 'select(-1,<value>,<value>)',
      "(function(...) return select('#',...) end)(<value>,<value>)", "({<value>,<value>,k=<value>})['k']", '({<value>,<value>})[2]', 'table.concat({<number>,<text>,<number>})', "table.concat({<number>,<text>},',')",
      'unpack({<value>,<value>})', 'next({<value>})', 'rawequal(<value>,<value>)', "rawget({a=<value>},'a')", 'pcall(function() return <value> end)', 'select(2,pcall(error,<thrown>))',
      '(function(a,b) return b,a end)(<value>,<value>)', 'getmetatable(setmetatable({},{__metatable=<value>}))', "setmetatable({},{__index=function(_,k) return k..'!' end})['q']",
      'tostring(setmetatable({},{__tostring=function() return <text> end}))', "(setmetatable({},{__add=function(a,b) return 'add' end})+<number>)",
      '(setmetatable({},{__call=function(self,a) return a end}))(<value>)', '#setmetatable({1,2},{__len=function() return 9 end})', 'os.time({year=2020,month=13,day=30,hour=12})', "os.date('!%Y-%m-%d %H:%M:%S',86400)",
    ],
  },
  range: { plain: ['1,3', '3,1,-1', '1,2,0.5', '1,0', '10,1,-4'] },
  failure: {
    plain: ["error('boom')", 'error({code=1})', 'local q=nil; q.x=1', 'return 1+{}', 'return #nil', "return 'a'<1", 'error()', "return ('a')+1", 'nofunc()', 't.x.y.z=1'],
  },
  method: { plain: ['upper()', 'len()', 'sub(2)', 'rep(2)', "find('b')", "gsub('a','b')", 'byte()'] },
  statement: {
    plain: [
      'x = <value>', 's = <value>', 'n = <value>', "t['k'] = <value>", 't[#t+1] = <value>', 'local a, b = <value>, <value>; out(a); out(b)', 'for i=<range> do out(i) end',
      'for i,v in ipairs({<value>,<value>,nil,<number>}) do out(i) out(v) end', 'local c=0; for k,v in pairs({a=1,b=2,<number>}) do c=c+1 end out(c)', "if <value> then out('T') else out('F') end",
      'local i=0 while i<3 do i=i+1 if i==2 then break end end out(i)', 'table.insert(t,<value>)', 'table.insert(t,1,<value>)', "table.sort(u) out(table.concat(u,','))",
      "table.sort(u,function(a,b) return a>b end) out(table.concat(u,','))", 'out(table.remove(t))', 'out(table.remove(t,1))', 'for w in string.gmatch(<text>,<pattern>) do out(w) end',
      'local f=function(...) local a={...} return #a end out(f(<value>,<value>))', 'out((<text>):<method>)', "local ok,e=pcall(function() <failure> end) out(ok) out(type(e)=='table' and 'tbl' or e)",
      'do local co=coroutine.wrap(function(a) local b=coroutine.yield(a) coroutine.yield(b) end) out(co(1)) out(co(2)) end', 'out(<value>)', 'out(<value>)', 'out(<value>)', 'out(<value>)',
    ],
  },
}

/** Statements write with `out`, which tells tables and functions apart from texts but not one from another: their addresses differ. */
const program = (statements: readonly string[]): string => `
local o = {}
local function out(...)
  for i = 1, select('#', ...) do
    local v = (select(i, ...))
    o[#o + 1] = (type(v) == 'table' and 'table' or type(v) == 'function' and 'function' or tostring(v)) .. '|'
  end
end
local x, y, s, t, n, u = 1, nil, 'str', {1, 2, 3}, 2.5, {3, 1, 2}
local ok, e = pcall(function()
  ${statements.join('\n  ')}
end)
out(ok)
out(type(e) == 'table' and 'tbl' or e)
local told = string.gsub(table.concat(o), '[^%w%p ]', function(c) return string.format('<%d>', string.byte(c)) end)
local r = request.load()
r:headers('X-Out', told)`

export const lua: Generate = (dice) => {
  const text = createText(dice, LUA)
  const allow_open_libs = dice.chance(80)
  const endpoints = Array.from({ length: 30 }, (_, i) => {
    const pre = program([text('statement', 1), ...dice.some(3, () => text('statement', 4))])
    const backend = [{ host: HOST, url_pattern: '/echo', allow: ['headers'] }]
    return { endpoint: `/lua/${i}`, input_headers: ['*'], backend, extra_config: { 'modifier/lua-proxy': { pre, allow_open_libs } } }
  })
  const cases = endpoints.map((_, i) => ({ name: `lua ${i}`, request: { path: `/lua/${i}` } }))
  return { config: { version: 3, timeout: '2s', endpoints }, upstreams: { a: ECHO }, cases }
}
