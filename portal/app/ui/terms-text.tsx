import type { TermsFor } from '../../people/terms.ts'
import { useText } from '../language/use-text.ts'

const paragraphs = [1, 2, 3, 4, 5, 6] as const

/** The terms of participation, whole: nobody accepts what was not shown. */
export function TermsText({ of, version }: { of: TermsFor; version: string }) {
  const text = useText()
  return (
    <div>
      <ol className="grid list-decimal gap-3 pl-6">
        {paragraphs.map((paragraph) => (
          <li key={paragraph}>{text(`terms-${of}-${paragraph}`)}</li>
        ))}
      </ol>
      <p className="hint mt-3">{text('joining-version', { version })}</p>
    </div>
  )
}
