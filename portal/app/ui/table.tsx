import { Link, useLocation } from '@remix-run/react'
import type { ReactNode } from 'react'
import { useText } from '../language/use-text.ts'
import { Icon } from './icon.tsx'

export interface Column<Row> {
  label: string
  cell: (row: Row) => ReactNode
}

/** A table on a desk, cards on a phone. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
}: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
}) {
  return (
    <table className="table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col" key={column.label}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} data-row={rowKey(row)}>
            {columns.map((column) => (
              <td key={column.label} data-label={column.label}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** To the next page of a list, with the filters as they are. */
export function Pager({ next }: { next: string | null }) {
  const text = useText()
  const { search } = useLocation()
  const here = new URLSearchParams(search)
  const first = new URLSearchParams(search)
  first.delete('cursor')
  const onward = new URLSearchParams(search)
  if (next) onward.set('cursor', next)
  if (!next && !here.has('cursor')) return null
  return (
    <nav className="mt-4 flex flex-wrap justify-between gap-2" aria-label={text('pager-label')}>
      {here.has('cursor') ? (
        <Link className="button" to={`?${first}`}>
          <Icon name="back" />
          {text('pager-first')}
        </Link>
      ) : (
        <span />
      )}
      {next ? (
        <Link className="button" to={`?${onward}`}>
          {text('pager-next')}
          <Icon name="send" />
        </Link>
      ) : null}
    </nav>
  )
}
