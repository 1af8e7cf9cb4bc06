/** A company with a mailbox alone answers: the link, the number, all three buttons, a claim. Where nothing may name an address. */
import { expect } from 'vitest'
import { submitNotice } from '../running/client.ts'
import { type Demo, until } from '../running/portal.ts'

export interface Answered {
  noticeId: string
  /** Every answer but the one that shows the addresses because the number was typed. */
  pages: string[]
  /** The body of that one. */
  revealed: string
}

/** `url` gives the address of an item by its index. */
export async function answerByMail(demo: Demo, url: (index: number) => string): Promise<Answered> {
  const items = [0, 1, 2].map((index) => ({ url: url(index), ip: '127.0.60.1', scope: 'file' }))
  const submitted = await submitNotice(demo, [], { items })
  expect(submitted.status).toBe(201)
  const noticeId: string = submitted.body.id
  const path = await mailedPath(demo, noticeId)
  const pages: string[] = []
  const whole = (answer: { headers: Headers; text: string }) => answer.text + JSON.stringify([...answer.headers])
  const send = async (at: string, fields: Record<string, string>, more: readonly [string, string][] = []) => {
    const body = new URLSearchParams([...Object.entries(fields), ...more])
    const headers = { Origin: demo.base_url, 'Sec-Fetch-Site': 'same-origin' }
    const answer = await fetch(demo.base_url + at, { method: 'POST', body, headers, redirect: 'manual' })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  for (const at of [path, `${path}.data`, `${path}x`, path.replace('/answer/', '/claim/')]) {
    const answer = await fetch(demo.base_url + at)
    pages.push(whole({ headers: answer.headers, text: await answer.text() }))
  }
  const wrong = await send(path, { number: `${noticeId.slice(0, -1)}!`, intent: 'open' })
  expect(wrong.status).toBe(422)
  const opened = await send(path, { number: noticeId, intent: 'open' })
  expect(opened.status).toBe(200)
  const itemIds = [...new Set(opened.text.match(/itm_[0-9a-z]{26}/g) ?? [])]
  expect(itemIds).toHaveLength(3)
  pages.push(whole(wrong), JSON.stringify([...opened.headers]))
  for (const group of ['gone', 'elsewhere', 'cannot'])
    pages.push(whole(await send(path, { number: noticeId, intent: group })))
  const outcomes = ['content_removed', 'not_hosted_here.customer_left', 'cannot_execute.technical']
  for (const [index, outcome] of outcomes.entries()) {
    const fields = { number: noticeId, intent: 'send', outcome, which: 'some', note: `It was at ${url(index)}` }
    const answered = await send(path, fields, [['item', itemIds[index] ?? '']])
    expect([outcome, answered.status]).toEqual([outcome, 200])
    pages.push(whole(answered))
  }
  // What a visitor types wrongly is given back to them, as on every form: it is their own.
  return { noticeId, pages, revealed: opened.text }
}

async function mailedPath(demo: Demo, noticeId: string): Promise<string> {
  let path = ''
  await until(async () => {
    const mails = await (await fetch(demo.mail_url)).text()
    const mail = mails
      .split('<li')
      .find((part) => part.includes(`Number: ${noticeId}`) || part.includes(`Nummer: ${noticeId}`))
    path = /\/answer\/[A-Za-z0-9_.-]+/.exec(mail ?? '')?.[0] ?? ''
    return path !== ''
  }, 30_000)
  return path
}
