import type { LoaderFunctionArgs } from '@remix-run/node'
import { Outlet } from '@remix-run/react'
import { requireSide } from '../access.server.ts'

export async function loader(args: LoaderFunctionArgs) {
  await requireSide(args, 'provider')
  return null
}

export default function ProviderFrame() {
  return (
    <div className="wrap">
      <Outlet />
    </div>
  )
}
