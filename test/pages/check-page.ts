/** What is true of every page: found here, it is found wherever it appears. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Each line is something wrong with the page as it stands; an empty list is a good page. */
export async function checkPage(page: Page, forbidden: readonly string[] = []): Promise<string[]> {
  const complaints: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    // Without motion: a colour on its way from one theme to the other is neither.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const found of await axe(page)) complaints.push(`${colorScheme}: ${found}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 360, height: 800 })
  for (const found of await axe(page)) complaints.push(`phone: ${found}`)
  complaints.push(...(await layout(page)))
  await page.setViewportSize({ width: 1280, height: 900 })
  const { title, lang, html } = await page.evaluate(() => ({
    title: document.title,
    lang: document.documentElement.lang,
    html: document.documentElement.outerHTML,
  }))
  if (!/ · |^Noticeline/.test(title)) complaints.push(`title: ${title}`)
  if (lang !== 'en' && lang !== 'nl') complaints.push(`language: ${lang}`)
  for (const address of forbidden) if (html.includes(address)) complaints.push('an address stands in the page')
  if (/\bundefined\b|\[object |NaN/.test((await page.locator('main').textContent()) ?? ''))
    complaints.push('a value leaked')
  return complaints
}

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async (values) => {
    // biome-ignore lint/suspicious/noExplicitAny: axe puts itself there
    const { violations } = await (globalThis as any).axe.run(document, { runOnly: { type: 'tag', values } })
    return violations.map(
      (violation: { id: string; nodes: { html: string }[] }) =>
        `${violation.id} at ${violation.nodes.map((node) => node.html.slice(0, 120)).join(' and ')}`,
    )
  }, rules)
}

/** At 360 px: nothing to the side, and whatever is pressed is large enough for a thumb. */
function layout(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const { scrollWidth } = document.documentElement
    if (scrollWidth > 360) found.push(`scrolls sideways: ${scrollWidth} px`)
    for (const element of document.querySelectorAll('button, .button, .nav-link, summary, .option, select, .input')) {
      const { width, height } = element.getBoundingClientRect()
      const hidden = width === 0 || element.closest('[aria-hidden=true], .sr-only, .skip') !== null
      if (!hidden && height < 43.5) found.push(`too small to press (${height} px): ${element.outerHTML.slice(0, 100)}`)
    }
    if (!document.querySelector('main h1')) found.push('no heading')
    if (document.querySelectorAll('h1').length > 1) found.push('more than one first heading')
    return found
  })
}
