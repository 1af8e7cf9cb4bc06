import type { InputError } from '../facts/input-error.ts'
import { submitNotice } from '../notices/submit-notice.ts'
import { answerSubmitted, submitOnce } from './notices.ts'
import { type Face, programRoute } from './route.ts'
import { readXarf, xarfTable } from './xarf-mapping.ts'

export function addXarf(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      method: 'post',
      path: '/v1/xarf',
      tag: 'Notifier',
      summary: 'Submit one XARF v4 report',
      description: [
        'Types csam and csem. The token says who submits, whatever `reporter` says. Evidence, descriptions, tags, victims, suspects and everything else that is in no row is dropped:',
        ...xarfTable.map(
          ({ from, to, rule }) =>
            `- ${from ? `\`${from}\`` : 'always'} → ${to ? `\`${to}\`` : 'checked only'}: ${rule}`,
        ),
      ].join('\n'),
      act: 'notices.submit',
      scope: 'notices:write',
      body: { 'application/json': 'XarfReport' },
      creates: {},
      answers: {
        201: { description: 'Taken, and the item has its addressee.', schema: 'Notice' },
        202: { description: 'Taken; the item still waits for its addressee.', schema: 'Notice' },
      },
      refusals: ['invalid', 'category_not_served', 'too_large'],
    },
    async (asking) => {
      const report = readXarf(asking.input)
      if (report.result === 'refused') return asking.refuse(report.code, { errors: report.errors })
      const submitted = await submitOnce(asking, (written) =>
        submitNotice(ground, asking.actor, report.submission, { origin: 'xarf', written }),
      )
      switch (submitted.result) {
        case 'submitted':
          return answerSubmitted(ground, asking, submitted)
        case 'invalid':
          return asking.refuse(submitted.code, {
            errors: submitted.errors.map((error) => inReport(error, report.pointers)),
          })
        case 'forbidden':
          return asking.refuse('forbidden')
      }
    },
  )
}

/** What the notice's rules found, at the member of the report it came from. */
function inReport(error: InputError, pointers: ReadonlyMap<string, string>): InputError {
  return { ...error, pointer: pointers.get(error.pointer) ?? '' }
}
