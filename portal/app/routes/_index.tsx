import type { MetaFunction } from '@remix-run/node'
import { Link, useRouteLoaderData } from '@remix-run/react'
import type { AddresseeView, AxesView } from '../../inbox/views.ts'
import { titleText, useText } from '../language/use-text.ts'
import { Axes } from '../ui/axes.tsx'
import type { Reader } from '../ui/frame.tsx'
import { Headline } from '../ui/headline.tsx'
import { Panel } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => {
  const text = titleText(matches)
  return [{ title: `Noticeline · ${text('front-title')}` }, { name: 'description', content: text('front-hero') }]
}

const specimenAxes: AxesView = {
  delivery: 'acknowledged',
  handling: 'content_removed',
  observation: {
    state: 'confirmed_offline',
    grade: 'machine',
    confirmedAt: '2026-11-21T10:21:40.000Z',
    firstOfflineAt: '2026-11-21T09:21:40.000Z',
    lastOnlineAt: '2026-11-21T09:05:12.000Z',
    contradicted: false,
  },
  clock: {
    state: 'met',
    startedAt: '2026-11-21T09:07:03.000Z',
    dueAt: '2026-11-22T09:07:03.000Z',
    lateBy: null,
    outages: [],
  },
}

const specimenAddressee: AddresseeView = {
  orgId: 'org_example',
  name: 'Tern Hosting',
  role: 'hosting',
  accountable: true,
  offeredAt: '2026-11-21T09:07:02.000Z',
  receivedAt: '2026-11-21T09:07:03.000Z',
  receivedHow: 'push',
  reach: 'webhook',
  dueAt: '2026-11-22T09:07:03.000Z',
  endedAt: '2026-11-21T09:19:44.000Z',
  delivery: 'acknowledged',
  handling: 'content_removed',
  grade: 'signed',
  clock: specimenAxes.clock,
}

const stations = [1, 2, 3, 4, 5, 6] as const
const doors = ['hosting', 'hotline', 'authority'] as const
const contracts = { hosting: 'for-provider', hotline: 'for-notifier', authority: 'for-everybody' } as const
const threeLines = [1, 2, 3] as const
const nevers = [1, 2, 3, 4] as const

export default function Front() {
  const text = useText()
  const root = useRouteLoaderData('root') as { reader?: Reader | null; mode?: string } | undefined
  return (
    <div className="wrap">
      <section className="hero">
        <div className="pitch">
          <h1>{text('front-hero')}</h1>
          <p className="lede">{text('front-lede')}</p>
          <p className="flex flex-wrap gap-2">
            {root?.reader ? null : (
              <>
                <Link className="button button-lead" to="/join">
                  {text('front-join')}
                </Link>
                <Link className="button" to="/sign-in">
                  {text('nav-sign-in')}
                </Link>
              </>
            )}
            <a className="button" href="/docs">
              {text('front-docs')}
            </a>
          </p>
        </div>
        <section className="panel stack" aria-labelledby="specimen">
          <h2 id="specimen">{text('front-specimen')}</h2>
          <p>
            <Headline code="removed_verified" large />
          </p>
          <Axes axes={specimenAxes} addressee={specimenAddressee} />
          <p className="hint">{text('front-specimen-note')}</p>
        </section>
      </section>

      {root?.mode === 'demo' ? (
        <div className="mt-8">
          <Panel title={text('front-demo')} id="demo">
            <p>{text('front-demo-text')}</p>
            <p className="mt-4 flex flex-wrap gap-2">
              <Link className="button" to="/mailbox">
                {text('front-demo-mailbox')}
              </Link>
            </p>
          </Panel>
        </div>
      ) : null}

      <section className="mt-14" aria-labelledby="loop">
        <h2 id="loop" className="mb-6 text-2xl">
          {text('front-loop')}
        </h2>
        <ol className="loop">
          {stations.map((station) => (
            <li key={station}>
              <h3>{text(`front-loop-${station}`)}</h3>
              <p className="text-soft">{text(`front-loop-${station}-text`)}</p>
            </li>
          ))}
        </ol>
      </section>

      <section className="mt-14" aria-labelledby="doors">
        <h2 id="doors" className="mb-6 text-2xl">
          {text('front-doors')}
        </h2>
        <div className="doors">
          {doors.map((door) => (
            <div className="panel door" key={door}>
              <h3 className="text-xl">{text(`front-${door}`)}</h3>
              <ul>
                {threeLines.map((line) => (
                  <li key={line}>{text(`front-${door}-${line}`)}</li>
                ))}
              </ul>
              <p>
                <a className="crumb" href={`/docs#${contracts[door]}`}>
                  {text(`front-${door}-link`)}
                </a>
              </p>
            </div>
          ))}
        </div>
      </section>

      <section className="mt-14" aria-labelledby="never">
        <h2 id="never" className="mb-4 text-2xl">
          {text('front-never')}
        </h2>
        <ul className="grid gap-3 md:grid-cols-2 md:gap-x-12">
          {nevers.map((never) => (
            <li key={never} className="border-l-4 border-alarm pl-4">
              {text(`front-never-${never}`)}
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
