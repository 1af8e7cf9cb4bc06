import { isRouteErrorResponse, Link, useRouteError } from '@remix-run/react'
import { useText } from '../language/use-text.ts'

/** An error page: what happened, and what to do next. It quotes nothing that was asked for. */
export function Failure() {
  const text = useText()
  const error = useRouteError()
  const status = isRouteErrorResponse(error) ? error.status : 500
  const kind = status === 404 ? 'missing' : status === 403 ? 'forbidden' : status < 500 ? 'refused' : 'broken'
  return (
    <div className="wrap stack py-8">
      <p className="text-soft">{text('failure-number', { status })}</p>
      <h1>{text(`failure-${kind}-title`)}</h1>
      <p>{text(`failure-${kind}-what`)}</p>
      <p>{text(`failure-${kind}-next`)}</p>
      <p className="flex flex-wrap gap-2">
        <Link className="button button-lead" to="/" reloadDocument>
          {text('failure-home')}
        </Link>
        {kind === 'forbidden' ? (
          <Link className="button" to="/sign-in" reloadDocument>
            {text('failure-other-person')}
          </Link>
        ) : null}
      </p>
    </div>
  )
}
