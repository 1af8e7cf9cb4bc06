import { Form, Link } from '@remix-run/react'
import { useText } from '../language/use-text.ts'
import { SelectField } from './field.tsx'

export interface Filter {
  name: string
  label: string
  value: string | undefined
  options: readonly { value: string; label: string }[]
}

/** Filters as a plain GET form: an address one can keep, since it holds codes only. */
export function Filters({ filters }: { filters: readonly Filter[] }) {
  const text = useText()
  const used = filters.some((filter) => filter.value)
  return (
    <Form method="get" className="filters no-print" key={filters.map((filter) => filter.value).join()}>
      {filters.map((filter) => (
        <SelectField
          key={filter.name}
          name={filter.name}
          label={filter.label}
          value={filter.value ?? ''}
          options={[{ value: '', label: text('filter-all') }, ...filter.options]}
        />
      ))}
      <div className="flex gap-2">
        <button className="button" type="submit">
          {text('filter-apply')}
        </button>
        {used ? (
          <Link className="button button-plain" to="?">
            {text('filter-clear')}
          </Link>
        ) : null}
      </div>
    </Form>
  )
}
