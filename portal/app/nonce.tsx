import { createContext, useContext } from 'react'

/** The nonce of the content security policy. Known on the server only: browsers hide it from scripts. */
export const Nonce = createContext<string | undefined>(undefined)

export function useNonce(): string | undefined {
  return useContext(Nonce)
}
