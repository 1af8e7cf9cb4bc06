import { Link } from '@remix-run/react'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

/** The top of a page: where one came from, what this is, what one can do here. */
export function PageHeading({
  title,
  lede,
  back,
  children,
}: {
  title: ReactNode
  lede?: ReactNode
  back?: { to: string; label: string }
  children?: ReactNode
}) {
  return (
    <header className="page-heading">
      <div>
        {back ? (
          <Link to={back.to} className="crumb no-print">
            <Icon name="back" />
            {back.label}
          </Link>
        ) : null}
        <h1>{title}</h1>
        {lede ? <div className="lede">{lede}</div> : null}
      </div>
      {children ? <div className="flex flex-wrap gap-2 no-print">{children}</div> : null}
    </header>
  )
}

export function Panel({ title, id, children }: { title?: ReactNode; id?: string; children: ReactNode }) {
  return (
    <section className="panel" id={id} aria-labelledby={title && id ? `${id}-title` : undefined}>
      {title ? <h2 id={id ? `${id}-title` : undefined}>{title}</h2> : null}
      {children}
    </section>
  )
}

export function Pairs({ pairs }: { pairs: readonly (readonly [string, ReactNode] | null | undefined | false | '')[] }) {
  return (
    <dl className="pairs">
      {pairs.map((pair) =>
        pair ? (
          <div className="contents" key={pair[0]}>
            <dt>{pair[0]}</dt>
            <dd>{pair[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}

export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  )
}

/** An id as one sees it everywhere: whole, in type where no two characters look alike. */
export function Id({ children }: { children: string }) {
  return <span className="id">{children}</span>
}
