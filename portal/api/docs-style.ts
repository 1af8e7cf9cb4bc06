/** The one style sheet of /docs. Contrast is at least 4.5 : 1 in both themes. */
export const docsStyle = `
:root{color-scheme:light dark;--paper:#fbfbf9;--raised:#fff;--ink:#1c2126;--soft:#4f5963;--line:#d8dcdf;--accent:#0b5c6b;--mark:#e6f0f1}
@media (prefers-color-scheme:dark){:root{--paper:#14181c;--raised:#1b2126;--ink:#e8ebed;--soft:#aab4bd;--line:#343d45;--accent:#7cc9d6;--mark:#1f3136}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--raised);padding:.5rem 1rem;z-index:1}
header{display:flex;flex-wrap:wrap;gap:1rem;align-items:baseline;justify-content:space-between;padding:1rem clamp(1rem,4vw,3rem);border-bottom:1px solid var(--line);background:var(--raised)}
header nav{display:flex;gap:1.25rem}
.mark{margin:0;font-weight:650;letter-spacing:-.01em}
.columns{display:grid;grid-template-columns:minmax(0,17rem) minmax(0,1fr);gap:3rem;max-width:84rem;margin:0 auto;padding:2rem clamp(1rem,4vw,3rem) 5rem}
.contents{position:sticky;top:1.5rem;align-self:start;max-height:calc(100vh - 3rem);overflow:auto;font-size:.875rem}
.contents h2{font-size:.8rem;margin:1.25rem 0 .35rem;color:var(--soft);font-weight:600}
.contents h2:first-child{margin-top:0}
.contents ul{list-style:none;margin:0;padding:0}
.contents li{margin:.15rem 0;overflow-wrap:anywhere}
.contents a{text-decoration:none}
.contents a:hover{text-decoration:underline}
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.02em}
main h2{font-size:1.4rem;margin:3rem 0 1rem;letter-spacing:-.01em}
h3{font-size:1.05rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h4{font-size:.95rem;margin:1.25rem 0 .35rem}
.lead{font-size:1.1rem;color:var(--soft);max-width:44rem}
main p,main li{max-width:46rem}
article{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:1.25rem;margin:0 0 1.25rem}
article p{margin:.35rem 0}
.summary{font-weight:550}
.method{font:600 .8em/1 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--accent)}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--mark);padding:.1em .3em;border-radius:.2em;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:1rem 0 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;font-weight:600;padding:.25rem 0;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-weight:600;border-top:0}
tr:target{background:var(--mark)}
@media (max-width:56rem){.columns{grid-template-columns:minmax(0,1fr);gap:1rem}.contents{position:static;max-height:none}}
`
