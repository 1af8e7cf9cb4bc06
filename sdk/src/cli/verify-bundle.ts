import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type Broken,
  checkEvidence,
  checkReceiverEvidence,
  type ReceiverEvidenceCheck,
  readJsonObject,
  type Whole,
} from '../protocol.ts'
import { checkIssuer, getJson } from '../receiver/portal.ts'
import { command } from './command.ts'
import { Complaint } from './complaint.ts'
import { exitCodes } from './exit-codes.ts'
import { ask, issuerOption, jwksOption, publishedKeys } from './published-keys.ts'
import type { Shell } from './shell.ts'

/** `verify-bundle`: checks the evidence about one notice, and names the first broken link. */
export const verifyBundleCommand = command({
  name: 'verify-bundle',
  summary: 'Check a bundle of evidence and name its first broken link',
  details: [
    'Checks the chain of facts, the path from its head to each sealed root, the signature on each root, the dates of the keys, and each token against the chain. Everything but the keys is checked offline.',
    'What a receiver shows of its own (exportEvidence) is checked as well: each token, receipt and report by its signature and digest.',
    "A bundle can prove nothing about its own keys. Give the portal's archive: --issuer fetches it, --jwks reads a copy; without either that is said. Ends with 1 at the first thing that does not hold.",
  ],
  arguments: [{ name: 'bundle', summary: 'The file, or - for standard input.', file: true }],
  options: {
    issuer: issuerOption,
    jwks: { ...jwksOption, summary: "The portal's archive of keys (jwks-archive.json): a file, or its address." },
  },
  examples: [
    ['noticeline verify-bundle ntc_1.json --issuer https://portal.example', 'with the keys as the portal gives them'],
  ],
  async run({ options, arguments: [path = ''] }, shell) {
    const text = path === '-' ? await shell.input() : await readFile(resolve(shell.cwd, path), 'utf8')
    const bundle = readJsonObject(text)
    if (bundle === null)
      throw new Complaint('bundle_wrong', 'The file holds no JSON object.', 'Ask for it again.', 'files')
    const keys = await archive(options, shell)
    if ('noticeline_receiver_evidence' in bundle) {
      const checked = await checkReceiverEvidence(bundle, keys)
      shell.print(checked.result === 'whole' ? wholeOfReceiver(checked, keys !== undefined) : broken(checked))
      return checked.result === 'whole' ? undefined : exitCodes.refused[0]
    }
    const checked = await checkEvidence(bundle, keys)
    shell.print(checked.result === 'whole' ? whole(checked) : broken(checked))
    return checked.result === 'whole' ? undefined : exitCodes.refused[0]
  },
})

async function archive(given: { issuer: string | undefined; jwks: string | undefined }, shell: Shell) {
  if (given.jwks !== undefined) return publishedKeys(shell, given)
  if (given.issuer === undefined) return undefined
  const { keys } = await getJson(ask, `${checkIssuer(given.issuer)}/.well-known/jwks-archive.json`, shell.stopping)
  return Array.isArray(keys) ? keys : []
}

function whole(checked: Whole) {
  const { notice, issuer, links, tokens, erased, sealedTo, signedTo, keys } = checked
  const upTo = (to: Whole['sealedTo']) => (to === null ? 'not yet' : `up to link ${to.seq}, at ${to.at}`)
  return {
    text: [
      `whole: ${notice}, from ${issuer}`,
      `  links   ${links}, each following from the one before`,
      `  tokens  ${tokens}${erased === 0 ? '' : `, ${erased} of them erased: only their digest is left`}`,
      `  sealed  ${upTo(sealedTo)}`,
      `  signed  ${upTo(signedTo)}`,
      keys === 'compared'
        ? '  keys    as the portal publishes them'
        : '  keys    only as the file gives them: give --issuer or --jwks to know that they are the portal’s',
    ].join('\n'),
    json: checked,
  }
}

function wholeOfReceiver(checked: Extract<ReceiverEvidenceCheck, { result: 'whole' }>, compared: boolean) {
  const { received, erased, sent } = checked
  return {
    text: [
      'whole: what a receiver shows',
      `  received  ${received}${erased === 0 ? '' : `, ${erased} of them erased: only their digest is left`}`,
      `  sent      ${sent}, signed by the keys the file names as the receiver’s`,
      `  keys      ${compared ? 'of the portal, as it publishes them' : 'only as the file gives them'}`,
    ].join('\n'),
    json: checked,
  }
}

function broken(checked: Broken | Extract<ReceiverEvidenceCheck, { result: 'broken' }>) {
  const { part, at, code, description } = checked
  return {
    text: [`broken: ${part}${at === null ? '' : ` ${at}`}: ${code}`, `  why  ${description}`].join('\n'),
    json: checked,
  }
}
