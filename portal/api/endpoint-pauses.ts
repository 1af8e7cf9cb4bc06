import { pauseEndpoint, resumeEndpoint } from '../providers/pause-endpoint.ts'
import { removeEndpoint } from '../providers/remove-endpoint.ts'
import { answerEndpoint } from './endpoint-wire.ts'
import { type Face, programRoute } from './route.ts'

const writing = { tag: 'Provider', act: 'endpoints.write', scope: 'endpoints:write' } as const

export function addPausing(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/endpoints/{id}/pause',
      summary: 'Push nothing there for a while',
      description:
        'Needs a second channel that works for every network of yours. Pausing what is paused changes nothing.',
      answers: { 200: { description: 'As it is now.', schema: 'Endpoint' } },
      refusals: ['not_found', 'no_second_channel'],
    },
    async ({ actor, id, answer, refuse }) => {
      const { result } = await pauseEndpoint(ground, actor, id)
      switch (result) {
        case 'paused':
        case 'already-paused':
          return answerEndpoint(ground, actor, id, { answer, refuse })
        case 'no-second-channel':
          return refuse('no_second_channel')
        case 'unknown-endpoint':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )

  programRoute(
    face,
    {
      ...writing,
      method: 'post',
      path: '/v1/endpoints/{id}/resume',
      summary: 'Push there again',
      answers: { 200: { description: 'As it is now.', schema: 'Endpoint' } },
      refusals: ['not_found'],
    },
    async ({ actor, id, answer, refuse }) => {
      const { result } = await resumeEndpoint(ground, actor, id)
      switch (result) {
        case 'resumed':
        case 'not-paused':
          return answerEndpoint(ground, actor, id, { answer, refuse })
        case 'unknown-endpoint':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}

export function addRemoval(face: Face): void {
  const { ground } = face
  programRoute(
    face,
    {
      ...writing,
      method: 'delete',
      path: '/v1/endpoints/{id}',
      summary: 'Remove an endpoint',
      description:
        'Nothing is ever sent there again; what its keys signed is accepted for 60 more days. Needs a second channel for every network of yours.',
      answers: { 200: { description: 'Removed.', schema: 'EndpointRemoved' } },
      refusals: ['not_found', 'no_second_channel'],
    },
    async ({ actor, id, answer, refuse }) => {
      const { result } = await removeEndpoint(ground, actor, id)
      switch (result) {
        case 'removed':
          return answer(200, { id, removed: true })
        case 'no-second-channel':
          return refuse('no_second_channel')
        case 'unknown-endpoint':
          return refuse('not_found')
        case 'forbidden':
          return refuse('forbidden')
      }
    },
  )
}
