import type { Facts } from '../../facts/facts.ts'
import { answer as enAnswer } from './en/answer.ts'
import { contacts as enContacts } from './en/contacts.ts'
import { conversation as enConversation } from './en/conversation.ts'
import { endpoints as enEndpoints } from './en/endpoints.ts'
import { factor as enFactor } from './en/factor.ts'
import { history as enHistory } from './en/history.ts'
import { join as enJoin } from './en/join.ts'
import { networks as enNetworks } from './en/networks.ts'
import { organisations as enOrganisations } from './en/organisations.ts'
import { outside as enOutside } from './en/outside.ts'
import { pace as enPace } from './en/pace.ts'
import { people as enPeople } from './en/people.ts'
import { provider as enProvider } from './en/provider.ts'
import { routes as enRoutes } from './en/routes.ts'
import { watching as enWatching } from './en/watching.ts'
import { words as enWords } from './en/words.ts'
import { work as enWork } from './en/work.ts'
import { answer as nlAnswer } from './nl/answer.ts'
import { contacts as nlContacts } from './nl/contacts.ts'
import { conversation as nlConversation } from './nl/conversation.ts'
import { endpoints as nlEndpoints } from './nl/endpoints.ts'
import { factor as nlFactor } from './nl/factor.ts'
import { history as nlHistory } from './nl/history.ts'
import { join as nlJoin } from './nl/join.ts'
import { networks as nlNetworks } from './nl/networks.ts'
import { organisations as nlOrganisations } from './nl/organisations.ts'
import { outside as nlOutside } from './nl/outside.ts'
import { pace as nlPace } from './nl/pace.ts'
import { people as nlPeople } from './nl/people.ts'
import { provider as nlProvider } from './nl/provider.ts'
import { routes as nlRoutes } from './nl/routes.ts'
import { watching as nlWatching } from './nl/watching.ts'
import { words as nlWords } from './nl/words.ts'
import { work as nlWork } from './nl/work.ts'

/** So does a fact without a word. */
const en = {
  ...enOutside,
  ...enConversation,
  ...enWork,
  ...enProvider,
  ...enPeople,
  ...enFactor,
  ...enWords,
  ...enNetworks,
  ...enJoin,
  ...enOrganisations,
  ...enContacts,
  ...enAnswer,
  ...enEndpoints,
  ...enPace,
  ...enWatching,
  ...enRoutes,
  ...enHistory,
} satisfies Record<`fact.${keyof Facts}`, string>

/** A key that one language lacks does not compile. */
const nl: Record<keyof typeof en, string> = {
  ...nlOutside,
  ...nlConversation,
  ...nlWork,
  ...nlProvider,
  ...nlPeople,
  ...nlFactor,
  ...nlWords,
  ...nlNetworks,
  ...nlJoin,
  ...nlOrganisations,
  ...nlContacts,
  ...nlAnswer,
  ...nlEndpoints,
  ...nlPace,
  ...nlWatching,
  ...nlRoutes,
  ...nlHistory,
}

export type TextKey = keyof typeof en
export type Language = 'en' | 'nl'
export const languages: readonly Language[] = ['en', 'nl']
export const catalogue: Record<Language, Record<TextKey, string>> = { en, nl }

/** A key belongs to one part: of two the later would win in silence. */
export const partsOfCatalogue: readonly object[] = [
  enOutside,
  enConversation,
  enWork,
  enProvider,
  enPeople,
  enFactor,
  enWords,
  enNetworks,
  enJoin,
  enOrganisations,
  enContacts,
  enAnswer,
  enEndpoints,
  enPace,
  enWatching,
  enRoutes,
  enHistory,
]
