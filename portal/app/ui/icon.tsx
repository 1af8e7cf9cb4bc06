import type { ReactNode } from 'react'

export type IconName =
  | 'check'
  | 'double-check'
  | 'clock'
  | 'pause'
  | 'warning'
  | 'stop'
  | 'question'
  | 'back'
  | 'eye'
  | 'send'
  | 'inbox'
  | 'gone'
  | 'hand'
  | 'dot'
  | 'again'
  | 'minus'

const shapes: Record<IconName, ReactNode> = {
  check: <path d="M3.5 8.5l3 3 6-7" />,
  'double-check': <path d="M1.5 8.5l3 3 5-6.5M7.5 11.5l7-7.5" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.5V8l2.5 1.8" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  warning: <path d="M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1" />,
  stop: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" />
    </>
  ),
  question: <path d="M5.3 6a2.7 2.7 0 1 1 3.7 2.5c-.7.3-1 .7-1 1.5M8 12.6v.1" />,
  back: <path d="M6.5 3.5L2.5 7.5l4 4M2.5 7.5h7a4 4 0 0 1 0 5.5H8" />,
  eye: (
    <>
      <path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="1.8" />
    </>
  ),
  send: <path d="M2 8h11M9.5 4.5L13 8l-3.5 3.5" />,
  inbox: <path d="M2 9.5l2-6h8l2 6v3.5H2zM2 9.5h3.5l1 1.8h3l1-1.8H14" />,
  gone: <path d="M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.7 9h5.6l.7-9" />,
  hand: <path d="M3 8l3 3 3-3M6 11V3M10 12.5h3.5" />,
  dot: <circle cx="8" cy="8" r="3" fill="currentColor" />,
  again: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3" />,
  minus: <path d="M3.5 8h9" />,
}

/** A drawing beside words; it never stands for them. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  )
}
