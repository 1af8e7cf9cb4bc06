import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, Outlet, useLoaderData, useLocation } from '@remix-run/react'
import { describeOrganisation } from '../../people/describe-organisation.ts'
import { requireSide } from '../access.server.ts'
import { useText } from '../language/use-text.ts'
import { Banner } from '../ui/notice-banner.tsx'

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireSide(args, 'provider')
  const described = await describeOrganisation(args.context.ground, actor)
  return { admitted: described.result === 'found' && described.organisation.standing === 'admitted' }
}

export default function ProviderFrame() {
  const text = useText()
  const { admitted } = useLoaderData<typeof loader>()
  const { pathname } = useLocation()
  return (
    <div className="wrap">
      {admitted || pathname === '/provider/joining' ? null : (
        <div className="mb-6">
          <Banner tone="wait">
            <p>
              {text('start-not-admitted-banner')} <Link to="/provider/joining">{text('nav-joining')}</Link>
            </p>
          </Banner>
        </div>
      )}
      <Outlet />
    </div>
  )
}
