/** The other end of SMTP. */
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface Letter {
  from: string
  to: string[]
  data: string
}

export interface MailTaker {
  readonly smtpUrl: string
  readonly letters: Letter[]
  stop(): Promise<unknown>
}

/** A mail server that takes everything, or refuses recipients with the number it is given. */
export async function startMailTaker(refusing?: number): Promise<MailTaker> {
  const letters: Letter[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let letter: Letter = { from: '', to: [], data: '' }
    let reading = false
    let waiting = ''
    const say = (line: string) => socket.write(`${line}\r\n`)
    const obey = (line: string) => {
      if (reading) {
        reading = line !== '.'
        if (reading) letter.data += `${line.replace(/^\.\./, '.')}\r\n`
        else {
          letters.push(letter)
          letter = { from: '', to: [], data: '' }
          say('250 taken')
        }
        return
      }
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'MAIL') letter.from = line
      if (verb === 'RCPT' && refusing) return say(`${refusing} no such mailbox as ${line}`)
      if (verb === 'RCPT') letter.to.push(line)
      if (verb === 'STAR') return say('502 not here')
      reading = verb === 'DATA'
      say(reading ? '354 go on' : '250 ok')
    }
    say('220 mail.example')
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      const lines = (waiting + chunk.toString('latin1')).split('\r\n')
      waiting = lines.pop() ?? ''
      lines.forEach(obey)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    smtpUrl: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letters,
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
