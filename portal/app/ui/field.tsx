import { type InputHTMLAttributes, type ReactNode, useEffect, useRef } from 'react'
import { useText } from '../language/use-text.ts'
import { Icon } from './icon.tsx'

interface FieldProps {
  name: string
  /** Where the same field stands on a page more than once. */
  id?: string
  label: string
  hint?: string | undefined
  /** What is wrong with it, already in words. */
  complaint?: string | undefined
  optional?: boolean
}

function Frame({ name, id = name, label, hint, complaint, optional, children }: FieldProps & { children: ReactNode }) {
  const text = useText()
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional ? <span className="optional">({text('field-optional')})</span> : null}
      </label>
      {hint ? (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
      {children}
      {complaint ? (
        <span className="complaint" id={`${id}-complaint`}>
          <Icon name="warning" />
          {complaint}
        </span>
      ) : null}
    </div>
  )
}

function told({ name, id = name, hint, complaint }: FieldProps) {
  const ids = [hint ? `${id}-hint` : '', complaint ? `${id}-complaint` : ''].filter(Boolean).join(' ')
  return {
    id,
    name,
    'aria-describedby': ids || undefined,
    'aria-invalid': complaint ? true : undefined,
  } as const
}

export function TextField({
  type = 'text',
  value,
  code = false,
  autoComplete = 'off',
  required,
  inputMode,
  ...field
}: FieldProps & {
  type?: 'text' | 'email' | 'number' | 'datetime-local'
  value?: string | undefined
  code?: boolean
  autoComplete?: string
  required?: boolean
  inputMode?: InputHTMLAttributes<HTMLInputElement>['inputMode']
}) {
  return (
    <Frame {...field}>
      <input
        {...told(field)}
        className={code ? 'input input-code' : 'input'}
        type={type}
        defaultValue={value}
        autoComplete={autoComplete}
        autoCapitalize="off"
        spellCheck={!code && type === 'text'}
        required={required}
        inputMode={inputMode}
        step={type === 'datetime-local' ? 1 : undefined}
      />
    </Frame>
  )
}

export function TextArea({ value, ...field }: FieldProps & { value?: string | undefined }) {
  return (
    <Frame {...field}>
      <textarea {...told(field)} className="input" defaultValue={value} />
    </Frame>
  )
}

export function SelectField({
  value,
  options,
  onChoose,
  ...field
}: FieldProps & {
  value?: string | undefined
  options: readonly { value: string; label: string }[]
  onChoose?: (value: string) => void
}) {
  return (
    <Frame {...field}>
      <select
        {...told(field)}
        className="input"
        defaultValue={value}
        onChange={onChoose ? (event) => onChoose(event.target.value) : undefined}
      >
        {options.map((option) => (
          <option value={option.value} key={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  )
}

export function CheckField({
  name,
  label,
  checked,
  value = 'yes',
}: {
  name: string
  label: ReactNode
  checked?: boolean
  value?: string
}) {
  return (
    <label className="choice">
      <input type="checkbox" name={name} value={value} defaultChecked={checked} />
      <span>{label}</span>
    </label>
  )
}

/** What is wrong with a form, above it, each line leading to its field. */
export function Complaints({ complaints }: { complaints: readonly { field: string | null; message: string }[] }) {
  const text = useText()
  const first = useRef<HTMLDivElement>(null)
  // With scripts the page stays where it was: whoever sent the form from its end would not see this.
  const said = complaints.map((complaint) => complaint.message).join('\n')
  useEffect(() => {
    if (said !== '') first.current?.focus()
  }, [said])
  if (complaints.length === 0) return null
  return (
    <div className="banner tone-alarm" role="alert" tabIndex={-1} ref={first}>
      <Icon name="warning" size={18} />
      <div>
        <p className="font-semibold">{text('form-invalid', { count: complaints.length })}</p>
        <ul>
          {complaints.map((complaint) => (
            <li key={`${complaint.field}${complaint.message}`}>
              {complaint.field ? <a href={`#${complaint.field}`}>{complaint.message}</a> : complaint.message}
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
