import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from '@remix-run/react'
import type { ReactNode } from 'react'
import { describeActor } from '../people/describe-actor.ts'
import { findActor } from './access.server.ts'
import stylesheet from './app.css?url'
import { languageOf } from './language/language.server.ts'
import { useText } from './language/use-text.ts'
import { useNonce } from './nonce.tsx'
import { readPreference } from './session.server.ts'
import { Failure } from './ui/failure.tsx'
import { Colophon, Masthead, type Reader, Skip, themes } from './ui/frame.tsx'

export const links = () => [
  { rel: 'stylesheet', href: stylesheet },
  { rel: 'icon', href: '/mark.svg', type: 'image/svg+xml' },
]

export const meta: MetaFunction = () => [{ title: 'Noticeline' }]

export async function loader(args: LoaderFunctionArgs) {
  const { request, context } = args
  const { ground } = context
  const actor = await findActor(args)
  const person = actor ? await describeActor(ground, actor) : null
  const reader: Reader | null = person
    ? { personName: person.personName, orgName: person.orgName, orgKind: person.orgKind }
    : null
  const theme = readPreference(request, 'theme')
  return {
    language: languageOf(request, person?.locale),
    theme: themes.find((known) => known === theme) ?? 'auto',
    reader,
    mode: ground.config.mode,
    looksByHead: ground.config.observeHead,
    lookEverySeconds: Math.round(ground.config.observeIntervalMs / 1000),
    now: ground.clock.now().toISOString(),
  }
}

export function Layout({ children }: { children: ReactNode }) {
  const root = useRouteLoaderData<typeof loader>('root')
  const text = useText()
  const nonce = useNonce()
  const theme = root?.theme ?? 'auto'
  const demo = root?.mode === 'demo'
  return (
    <html lang={text.language} data-theme={theme === 'auto' ? undefined : theme}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        <Meta />
        <Links />
      </head>
      <body>
        <Skip>{text('skip')}</Skip>
        {demo ? (
          <aside className="demo" aria-label={text('demo-label')}>
            <p className="wrap">
              <strong>{text('demo-label')}</strong> {text('demo-banner')}
            </p>
          </aside>
        ) : null}
        <Masthead reader={root?.reader ?? null} mailbox={demo || root?.mode === 'development'} />
        <main id="main" tabIndex={-1}>
          {children}
        </main>
        <Colophon theme={theme} reader={root?.reader ?? null} />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}

export function ErrorBoundary() {
  return <Failure />
}
