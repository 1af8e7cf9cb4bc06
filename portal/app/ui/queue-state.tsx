import type { DeliveryMeasure, LateDelivery } from '../../delivery/measure-deliveries.ts'
import { useText } from '../language/use-text.ts'
import { failureWord } from './delivery.tsx'
import { Moment } from './moment.tsx'
import { Banner } from './notice-banner.tsx'
import { Id, Pairs, Panel } from './page.tsx'
import { Table } from './table.tsx'
import { inWords } from './time.tsx'

/** From here on somebody should look whether a worker runs. */
const lateFromMs = 60_000

/** How old the queue is, and which deadlines are at risk. */
export function QueueState({
  waiting,
  oldestDueMs,
  owedMs,
  atRisk,
  overdue,
  late,
}: DeliveryMeasure & { owedMs: number; late: readonly LateDelivery[] }) {
  const text = useText()
  const own = Math.max(oldestDueMs.working, owedMs)
  const age = (ms: number, none: 'watch-none' | 'watch-oldest-none') =>
    ms === 0 ? text(none) : inWords(ms, text.language)
  return (
    <Panel title={text('watch-title')} id="queue">
      <div className="stack">
        {own > lateFromMs ? (
          <Banner tone="alarm">
            <p>{text('watch-slow-own', { length: inWords(own, text.language) })}</p>
          </Banner>
        ) : atRisk + overdue === 0 ? (
          <p className="text-soft">{text('watch-fine')}</p>
        ) : null}
        <Pairs
          pairs={[
            [
              text('watch-waiting'),
              text('watch-waiting-count', { count: waiting.queued + waiting.offered + waiting.failed }),
            ],
            [text('watch-oldest'), age(oldestDueMs.working, 'watch-oldest-none')],
            oldestDueMs.failing > 0 && [text('watch-failing'), age(oldestDueMs.failing, 'watch-none')],
            [text('watch-owed'), age(owedMs, 'watch-none')],
            [text('watch-risk'), text('watch-risk-count', { count: atRisk })],
            [text('watch-overdue'), text('watch-risk-count', { count: overdue })],
          ]}
        />
        {late.length === 0 ? null : (
          <>
            <h3>{text('watch-late-title')}</h3>
            <Table
              caption={text('watch-late-caption')}
              rows={late}
              rowKey={(one) => one.deliveryId}
              columns={[
                { label: text('column-provider'), cell: (one) => <strong>{one.orgName}</strong> },
                { label: text('column-notice'), cell: (one) => <Id>{one.noticeId}</Id> },
                { label: text('notice-deadline'), cell: (one) => <Moment at={one.deadlineAt} short /> },
                {
                  label: text('watch-late-why'),
                  cell: (one) => (one.lastCode ? failureWord(text, one.lastCode) : text('watch-late-untried')),
                },
              ]}
            />
          </>
        )}
      </div>
    </Panel>
  )
}
