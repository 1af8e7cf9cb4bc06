/**
 * A name server that answers every A question with one address, or with what it thinks of each time, every TXT question with
 * its texts, and keeps what it was asked.
 */
import { createSocket } from 'node:dgram'

export interface NameServer {
  /** `127.0.0.1:port` */
  address: string
  questions: Buffer[]
  stop(): Promise<void>
}

export async function startNameServer(
  answer: string | (() => string),
  texts: readonly string[] = [],
): Promise<NameServer> {
  const socket = createSocket('udp4')
  const questions: Buffer[] = []
  socket.on('message', (question, from) => {
    questions.push(Buffer.from(question))
    socket.send(reply(question, typeof answer === 'string' ? answer : answer(), texts), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

/** RFC 1035: the question as it came, one A record where A was asked, and a TXT record a text. */
function reply(question: Buffer, answer: string, texts: readonly string[]): Buffer {
  let end = 12
  while (question[end] !== 0) end += (question[end] ?? 0) + 1
  const type = question.readUInt16BE(end + 1)
  const asked = question.subarray(12, end + 5)
  const head = Buffer.alloc(12)
  question.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(type === 1 ? 1 : type === 16 ? texts.length : 0, 6)
  if (type === 16) return Buffer.concat([head, asked, ...texts.map(textRecord)])
  if (type !== 1) return Buffer.concat([head, asked])
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...answer.split('.').map(Number)])
  return Buffer.concat([head, asked, record])
}

/** The names that were asked for, as text. */
export function namesAsked(questions: readonly Buffer[]): string[] {
  return questions.map((question) => {
    const labels: string[] = []
    for (let at = 12; question[at]; at += (question[at] ?? 0) + 1) {
      labels.push(question.subarray(at + 1, at + 1 + (question[at] ?? 0)).toString('latin1'))
    }
    return labels.join('.')
  })
}

function textRecord(text: string): Buffer {
  const said = Buffer.from(text, 'ascii')
  return Buffer.concat([Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, said.length + 1, said.length]), said])
}
