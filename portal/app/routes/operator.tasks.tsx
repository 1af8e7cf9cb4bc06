import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { closeDeskTask, findDeskTasks } from '../../delivery/desk-tasks.ts'
import { may } from '../../people/may.ts'
import { forbidden, requireMay } from '../access.server.ts'
import { word } from '../forms.server.ts'
import { titleText, useText } from '../language/use-text.ts'
import { TextField } from '../ui/field.tsx'
import { Badge } from '../ui/headline.tsx'
import { useFresh } from '../ui/live.tsx'
import { Moment } from '../ui/moment.tsx'
import { Banner } from '../ui/notice-banner.tsx'
import { Empty, Id, PageHeading, Pairs } from '../ui/page.tsx'

export const meta: MetaFunction = ({ matches }) => [{ title: `${titleText(matches)('nav-tasks')} · Noticeline` }]

export async function loader(args: LoaderFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'tasks.read')
  const found = await findDeskTasks(args.context.ground, actor)
  if (found.result !== 'found') throw forbidden()
  return {
    mayClose: may(actor, 'tasks.close'),
    tasks: found.tasks.map(({ personId, openedAt, deadlineAt, ...task }) => ({
      ...task,
      yours: personId === actor.personId,
      openedAt: openedAt.toISOString(),
      deadlineAt: deadlineAt.toISOString(),
    })),
  }
}

export async function action(args: ActionFunctionArgs) {
  const actor = await requireMay(args, 'platform', 'tasks.close')
  const form = await args.request.formData()
  const taskId = word(form, 'task')
  const { result } = await closeDeskTask(args.context.ground, actor, taskId, word(form, 'note'))
  switch (result) {
    case 'closed':
      return redirect('/operator/tasks?closed=yes', 303)
    case 'invalid':
      return data({ said: 'tasks-note-missing', taskId } as const, { status: 422 })
    case 'already-closed':
    case 'unknown-task':
      return data({ said: 'tasks-gone', taskId } as const, { status: 409 })
    case 'forbidden':
      throw forbidden()
  }
}

export default function Tasks() {
  const text = useText()
  const { tasks, mayClose } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const [search] = useSearchParams()
  useFresh(10_000, answer === undefined)
  return (
    <>
      <PageHeading title={text('nav-tasks')} lede={text('tasks-lede')} />
      <div className="stack">
        {search.get('closed') === 'yes' && !answer ? (
          <Banner tone="good" announce>
            <p>{text('tasks-closed')}</p>
          </Banner>
        ) : null}
        {answer?.said === 'tasks-gone' ? (
          <Banner tone="alarm" announce>
            <p>{text('tasks-gone')}</p>
          </Banner>
        ) : null}
        {tasks.length === 0 ? (
          <Empty title={text('tasks-none')}>{text('tasks-none-hint')}</Empty>
        ) : (
          <ul className="stack" aria-label={text('tasks-caption')}>
            {tasks.map((task) => (
              <li className="panel stack" key={task.id} data-task={task.id}>
                <div className="flex flex-wrap items-center justify-between gap-3">
                  <h2>{task.orgName}</h2>
                  <Badge tone={task.kind === 'undelivered' ? 'alarm' : 'wait'} icon="warning">
                    {text.code('task', task.kind)}
                  </Badge>
                </div>
                <Pairs
                  pairs={[
                    [text('column-notice'), <Id key="notice">{task.noticeId}</Id>],
                    [text('column-delivery'), text.code('delivery', task.delivery)],
                    task.lastCode && [text('tasks-what'), text.code('failure', task.lastCode)],
                    [text('tasks-whose'), task.yours ? text('tasks-yours') : (task.personName ?? text('tasks-nobody'))],
                    [text('tasks-due'), <Moment key="due" at={task.deadlineAt} />],
                    [text('tasks-since'), <Moment key="since" at={task.openedAt} />],
                  ]}
                />
                {mayClose ? (
                  <CloseForm
                    taskId={task.id}
                    complaint={
                      answer?.said === 'tasks-note-missing' && answer.taskId === task.id ? text(answer.said) : undefined
                    }
                  />
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  )
}

function CloseForm({ taskId, complaint }: { taskId: string; complaint: string | undefined }) {
  const text = useText()
  return (
    <details className="no-print" open={complaint !== undefined}>
      <summary>{text('tasks-close')}</summary>
      <Form method="post" className="form-grid mt-3" autoComplete="off">
        <input type="hidden" name="task" value={taskId} />
        <TextField
          id={`note-${taskId}`}
          name="note"
          label={text('tasks-note')}
          hint={text('tasks-note-hint')}
          complaint={complaint}
        />
        <div>
          <button className="button" type="submit">
            {text('tasks-close-now')}
          </button>
        </div>
      </Form>
    </details>
  )
}
