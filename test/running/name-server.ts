/** A name server that knows what it is told, which may be changed while it runs. */
import { createSocket } from 'node:dgram'
import { isIPv4 } from 'node:net'

/** What a question about a name's addresses is answered; `failing`: with an error of the server's own. */
export type Addresses = (kind: 'A' | 'AAAA') => readonly string[] | 'failing'

export interface NameServer {
  /** `127.0.0.1:port` */
  address: string
  /** Text records. */
  records: Map<string, string>
  /** Names that have addresses, which may be others at every question. */
  hosts: Map<string, Addresses>
  stop(): Promise<void>
}

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4')
  const known = { records: new Map<string, string>(), hosts: new Map<string, Addresses>() }
  socket.on('message', (question, from) => socket.send(reply(question, known), from.port, from.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    ...known,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

const types = { A: 1, TXT: 16, AAAA: 28 }
const [noError, serverFailure, noSuchName] = [0x8180, 0x8182, 0x8183]

/** RFC 1035: the question as it came, and the records that were asked for of a name that has them. */
function reply(question: Buffer, known: Pick<NameServer, 'records' | 'hosts'>): Buffer {
  const labels: string[] = []
  let end = 12
  for (let length = question[end] ?? 0; length > 0; length = question[end] ?? 0) {
    labels.push(question.subarray(end + 1, end + 1 + length).toString('latin1'))
    end += length + 1
  }
  const type = question.readUInt16BE(end + 1)
  const found = answersTo(labels.join('.').toLowerCase(), type, known)
  const head = Buffer.alloc(12)
  question.copy(head, 0, 0, 2)
  head.writeUInt16BE(typeof found === 'number' ? found : noError, 2)
  head.writeUInt16BE(1, 4)
  const answers = typeof found === 'number' ? [] : found
  head.writeUInt16BE(answers.length, 6)
  const records = answers.map((data) =>
    Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]), data]),
  )
  return Buffer.concat([head, question.subarray(12, end + 5), ...records])
}

function answersTo(name: string, type: number, { records, hosts }: Pick<NameServer, 'records' | 'hosts'>) {
  const text = records.get(name)
  if (type === types.TXT && text !== undefined) return [Buffer.from([text.length, ...Buffer.from(text)])]
  const host = hosts.get(name)
  if (!host) return noSuchName
  if (type !== types.A && type !== types.AAAA) return []
  const addresses = host(type === types.A ? 'A' : 'AAAA')
  return addresses === 'failing' ? serverFailure : addresses.map(bytesOf)
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [before = '', after = ''] = address.split('::')
  const [left, right] = [before, after].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - (left?.length ?? 0) - (right?.length ?? 0) }, () => '0')
  const groups = [...(left ?? []), ...zeros, ...(right ?? [])]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
