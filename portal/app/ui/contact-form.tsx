import { useText } from '../language/use-text.ts'
import { CheckField, SelectField, TextField } from './field.tsx'

/** What a contact's form holds, as it stands in its fields. */
export interface ContactDraft {
  kind: string
  email: string
  name: string
  phone: string
  languages: string
  purposes: string[]
  hours: string
  timeZone: string
  awayFrom: string
  awayUntil: string
  /** By day: from and until. */
  shifts: { [day: string]: { from: string; until: string } }
}

export interface ContactChoices {
  kinds: readonly string[]
  purposes: readonly string[]
  days: readonly string[]
  timeZones: readonly string[]
  /** Its hours are more than this form can show: they may be kept. */
  keepsHours: boolean
}

interface Props {
  draft: ContactDraft
  choices: ContactChoices
  complaints: readonly { field: string | null; message: string }[]
  changing?: boolean
}

/** The fields of a contact; its buttons are the page's. */
export function ContactFields({ draft, choices, complaints, changing = false }: Props) {
  const text = useText()
  const about = (field: string) => complaints.find((one) => one.field === field)?.message
  return (
    <>
      <div className="form-grid form-grid-2">
        <SelectField
          name="kind"
          label={text('contact-kind')}
          value={draft.kind}
          complaint={about('kind')}
          options={choices.kinds.map((kind) => ({ value: kind, label: text.code('contact-kind', kind) }))}
        />
        <TextField
          name="email"
          type="email"
          label={text('contact-email')}
          hint={text(changing ? 'contact-email-change-hint' : 'contact-email-hint')}
          value={draft.email}
          complaint={about('email')}
        />
        <TextField name="name" label={text('contact-name')} value={draft.name} complaint={about('name')} optional />
        <TextField
          name="phone"
          label={text('contact-phone')}
          hint={text('contact-phone-hint')}
          value={draft.phone}
          complaint={about('phone')}
          inputMode="tel"
          optional
        />
        <TextField
          name="languages"
          label={text('contact-languages')}
          hint={text('contact-languages-hint')}
          value={draft.languages}
          complaint={about('languages')}
          code
        />
        <fieldset>
          <legend>{text('contact-purposes')}</legend>
          {choices.purposes.map((purpose) => (
            <CheckField
              key={purpose}
              name="purposes"
              value={purpose}
              label={text.code('contact-purpose', purpose)}
              checked={draft.purposes.includes(purpose)}
            />
          ))}
        </fieldset>
      </div>
      <Hours draft={draft} choices={choices} complaints={complaints} />
      <fieldset>
        <legend>{text('contact-away')}</legend>
        <p className="hint mb-2">{text('contact-away-hint')}</p>
        <div className="form-grid form-grid-2">
          <TextField
            name="away_from"
            label={text('contact-away-from')}
            type="datetime-local"
            value={draft.awayFrom}
            complaint={about('away_from')}
            optional
          />
          <TextField
            name="away_until"
            label={text('contact-away-until')}
            type="datetime-local"
            value={draft.awayUntil}
            complaint={about('away_until')}
            optional
          />
        </div>
      </fieldset>
    </>
  )
}

function Hours({ draft, choices, complaints }: Props) {
  const text = useText()
  const complaint = complaints.find((one) => one.field === 'hours')?.message
  const ways = [
    ['unsaid', text('contact-hours-unsaid')],
    ['always', text('contact-hours-always')],
    ...(choices.keepsHours ? [['keep', text('contact-hours-keep')] as const] : []),
    ['weekly', text('contact-hours-weekly')],
  ] as const
  return (
    <fieldset id="hours" aria-describedby={complaint ? 'hours-complaint' : undefined}>
      <legend>{text('contact-hours')}</legend>
      {complaint ? (
        <span className="complaint" id="hours-complaint">
          {complaint}
        </span>
      ) : null}
      {ways.map(([value, label]) => (
        <label className="choice" key={value}>
          <input type="radio" name="hours" value={value} defaultChecked={draft.hours === value} />
          <span>{label}</span>
        </label>
      ))}
      <p className="hint mb-2">{text('contact-hours-hint')}</p>
      <div className="grid gap-2">
        {choices.days.map((day) => (
          <div className="shift" key={day}>
            <span id={`day-${day}`}>{text.code('contact-day', day)}</span>
            {(['from', 'until'] as const).map((end) => (
              <label key={end}>
                <span className="text-soft">{text(`contact-${end}`)}</span>
                <input
                  className="input"
                  type="time"
                  name={`${day}-${end}`}
                  defaultValue={draft.shifts[day]?.[end]}
                  aria-label={`${text.code('contact-day', day)} ${text(`contact-${end}`)}`}
                />
              </label>
            ))}
          </div>
        ))}
      </div>
      <div className="mt-3">
        <SelectField
          name="time_zone"
          label={text('contact-zone')}
          value={draft.timeZone}
          options={choices.timeZones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
        />
      </div>
    </fieldset>
  )
}
