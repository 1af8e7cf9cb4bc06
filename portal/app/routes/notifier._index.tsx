import { type LoaderFunctionArgs, redirect } from '@remix-run/node'
import { requireSide } from '../access.server.ts'

export async function loader(args: LoaderFunctionArgs) {
  await requireSide(args, 'notifier')
  return redirect('/notifier/notices')
}
