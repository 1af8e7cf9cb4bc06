import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { findFactors, makeRecoveryCodes, removeFactor } from '../../people/factors.ts'
import { isAssured } from '../../people/may.ts'
import { addPasskey, canHavePasskeys, startPasskey } from '../../people/passkey.ts'
import { confirmTotp, showTotp, startTotp } from '../../people/totp.ts'
import { homeOf, requireFreshPerson } from '../access.server.ts'
import { parsed } from '../factor-entry.server.ts'
import { intentOf, word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { drawCode } from '../qr-code.server.ts'
import { AppPanel, PasskeysPanel, RecoveryPanel } from '../ui/factors.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { PageHeading } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('factor-title')} · Noticeline` }]

/** Whoever has a factor has shown it to get here; whoever has none and needs one came by a mailed link just now. */
export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireFreshPerson(args)
  const { ground } = args.context
  const factors = await findFactors(ground, actor)
  const none = factors.totp !== 'on' && factors.passkeys.length === 0
  if (!none && !isAssured(actor)) throw redirect('/second-factor')
  const shown = await showTotp(ground, actor)
  return {
    factors: {
      ...factors,
      passkeys: factors.passkeys.map(({ createdAt, lastUsedAt, ...passkey }) => ({
        ...passkey,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
      })),
    },
    mustFirst: none && !isAssured(actor),
    home: homeOf(actor),
    scan: shown ? { secret: shown.secret, code: drawCode(shown.uri) } : null,
    passkeysPossible: canHavePasskeys(ground),
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireFreshPerson(args)
  const { ground } = args.context
  const form = await args.request.formData()
  const intent = intentOf(form, [
    'start-app',
    'confirm-app',
    'ask-passkey',
    'passkey',
    'remove-app',
    'remove-passkey',
    'new-codes',
  ])
  switch (intent) {
    case 'start-app': {
      const { result } = await startTotp(ground, actor)
      return result === 'started' ? redirect('/account/second-factor', { status: 303 }) : refused(result)
    }
    case 'confirm-app': {
      const confirmed = await confirmTotp(ground, actor, word(form, 'code'))
      if (confirmed.result === 'wait') return refused('wait', { until: confirmed.until.toISOString() })
      if (confirmed.result === 'wrong') return refused('wrong', { left: confirmed.left })
      return confirmed.result === 'confirmed' ? done('on', confirmed.recoveryCodes) : refused(confirmed.result)
    }
    case 'ask-passkey': {
      const started = await startPasskey(ground, actor)
      return started.result === 'started' ? data({ ...started, codes: [] as string[] }) : refused(started.result)
    }
    case 'passkey': {
      const response = parsed(word(form, 'response'))
      const added = await addPasskey(ground, actor, { response, name: word(form, 'name') })
      if (added.result !== 'added') return refused(added.result)
      return redirectOrCodes(added.recoveryCodes)
    }
    case 'remove-app':
    case 'remove-passkey': {
      const which = intent === 'remove-app' ? 'totp' : { passkeyId: word(form, 'passkey') }
      const removed = await removeFactor(ground, actor, which)
      return removed.result === 'removed' ? done('removed', []) : refused(removed.result)
    }
    case 'new-codes': {
      const made = await makeRecoveryCodes(ground, actor)
      return made.result === 'made' ? done('on', made.codes) : refused(made.result)
    }
  }
}

function done(result: 'on' | 'removed', codes: string[]) {
  return data({ result, codes })
}

function refused(result: string, more: { until?: string; left?: number } = {}) {
  return data({ result, codes: [] as string[], ...more }, { status: 422 })
}

function redirectOrCodes(codes: string[]) {
  return data({ result: 'added', codes })
}

export default function SecondFactorSetUp() {
  const text = useText()
  const { factors, mustFirst, home, scan, passkeysPossible } = useLoaderData<typeof loader>()
  const said = useActionData<typeof action>()
  const answer = said as { result: string; codes: string[]; until?: string; left?: number } | undefined
  const good = answer?.result === 'on' || answer?.result === 'removed' || answer?.result === 'added'
  return (
    <div className="wrap">
      <PageHeading
        title={text('factor-title')}
        lede={text('factor-lede')}
        {...(mustFirst ? {} : { back: { to: '/account', label: text('account-title') } })}
      />
      <div className="stack">
        {mustFirst ? (
          <Banner tone="wait">
            <p>{text('factor-required')}</p>
          </Banner>
        ) : null}
        {answer && answer.result !== 'started' ? (
          <Banner tone={good ? 'good' : 'alarm'} announce>
            <p>
              {answer.result === 'wait' && answer.until ? (
                <>
                  {text('factor-wait')} <Moment at={answer.until} />.
                </>
              ) : answer.result === 'wrong' ? (
                text('factor-wrong', { left: answer.left ?? 0 })
              ) : (
                text.code('factor-said', answer.result === 'added' ? 'on' : answer.result)
              )}
            </p>
          </Banner>
        ) : null}
        {answer && answer.codes.length > 0 ? <RecoveryPanel codes={answer.codes} home={home} /> : null}
        <AppPanel state={factors.totp} scan={scan} />
        <PasskeysPanel passkeys={factors.passkeys} possible={passkeysPossible} />
        {factors.recoveryCodesLeft > 0 || factors.totp === 'on' || factors.passkeys.length > 0 ? (
          <section className="panel stack" aria-labelledby="codes">
            <h2 id="codes">{text('factor-codes')}</h2>
            <p>{text('factor-codes-left', { left: factors.recoveryCodesLeft })}</p>
            <Form method="post">
              <input type="hidden" name="intent" value="new-codes" />
              <button className="button" type="submit">
                {text('factor-codes-new')}
              </button>
            </Form>
          </section>
        ) : null}
        {mustFirst ? null : (
          <p>
            <Link to={home} className="button">
              {text('factor-enter')}
            </Link>
          </p>
        )}
      </div>
    </div>
  )
}
