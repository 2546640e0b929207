/** A load generator that costs little: raw sockets, one request at a time on each, answers counted by their length. */
import net from 'node:net'

export interface Load {
  requests: number
  failed: number
  /** Milliseconds, sorted. */
  latencies: number[]
}

/** Sends `requests` GETs over `connections` kept connections; paths are taken in turn. `fields`: further lines of a request's head. */
export async function load(port: number, paths: readonly string[], requests: number, connections: number, fields: () => string = () => ''): Promise<Load> {
  const result: Load = { requests, failed: 0, latencies: [] }
  let left = requests
  const next = (): string | null => (left-- > 0 ? paths[left % paths.length]! : null)
  await Promise.all(Array.from({ length: connections }, () => connection(port, next, fields, result)))
  result.latencies.sort((a, b) => a - b)
  return result
}

function connection(port: number, next: () => string | null, fields: () => string, result: Load): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    let begun = 0
    let pending = Buffer.alloc(0)
    const send = (): void => {
      const path = next()
      if (path === null) return void socket.end(resolve)
      begun = performance.now()
      socket.write(`GET ${path} HTTP/1.1\r\nHost: gateway.test\r\nAccept: */*\r\n${fields()}\r\n`)
    }
    socket.setNoDelay(true)
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      pending = pending.length ? Buffer.concat([pending, chunk]) : chunk
      const end = answerEnd(pending)
      if (end === null) return
      if (!pending.toString('latin1', 0, 12).endsWith('200')) result.failed++
      pending = pending.subarray(end)
      result.latencies.push(performance.now() - begun)
      send()
    })
  })
}

/** Where the first answer in `data` ends, or null while it is not whole. */
function answerEnd(data: Buffer): number | null {
  const body = data.indexOf('\r\n\r\n') + 4
  if (body < 4) return null
  const head = data.toString('latin1', 0, body).toLowerCase()
  const length = /\r\ncontent-length: (\d+)/.exec(head)
  if (length) return data.length >= body + Number(length[1]) ? body + Number(length[1]) : null
  if (!head.includes('\r\ntransfer-encoding: chunked')) return body
  const end = data.indexOf('\r\n0\r\n\r\n', body - 2)
  return end < 0 ? null : end + 7
}
