/** A name server that knows text records and nothing else: `records` may be changed while it runs. */
import { createSocket } from 'node:dgram'

export interface TextServer {
  /** `127.0.0.1:port` */
  address: string
  records: Map<string, string>
  stop(): Promise<void>
}

export async function startTextServer(): Promise<TextServer> {
  const socket = createSocket('udp4')
  const records = new Map<string, string>()
  socket.on('message', (question, from) => socket.send(reply(question, records), from.port, from.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

/** RFC 1035: the question as it came, and one TXT record where TXT was asked of a name that has one. */
function reply(question: Buffer, records: ReadonlyMap<string, string>): Buffer {
  const labels: string[] = []
  let end = 12
  for (let length = question[end] ?? 0; length > 0; length = question[end] ?? 0) {
    labels.push(question.subarray(end + 1, end + 1 + length).toString('latin1'))
    end += length + 1
  }
  const text = question.readUInt16BE(end + 1) === 16 ? records.get(labels.join('.').toLowerCase()) : undefined
  const head = Buffer.alloc(12)
  question.copy(head, 0, 0, 2)
  head.writeUInt16BE(text === undefined ? 0x8183 : 0x8180, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(text === undefined ? 0 : 1, 6)
  const asked = question.subarray(12, end + 5)
  if (text === undefined) return Buffer.concat([head, asked])
  const data = Buffer.from([text.length, ...Buffer.from(text)])
  return Buffer.concat([head, asked, Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, data.length]), data])
}
