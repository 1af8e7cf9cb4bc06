/** The one style sheet of /docs, in the colours and faces of the pages. Contrast is at least 4.5 : 1 in both themes. */
export const docsStyle = `
:root{color-scheme:light dark;--paper:#f5f4ef;--raised:#fffefb;--ink:#15201e;--soft:#48544f;--line:#d8d5c9;--accent:#0b554e;--mark:#e1eeea;--focus:#b33c12;--serif:"Iowan Old Style","Palatino Linotype",Palatino,P052,"URW Palladio L","Book Antiqua",Georgia,serif;--sans:"Seravek","Segoe UI Variable Text","Segoe UI",system-ui,-apple-system,"Noto Sans","Open Sans",sans-serif;--mono:ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--paper:#0f1514;--raised:#171f1d;--ink:#e9eeea;--soft:#aebab5;--line:#2b3734;--accent:#74d0c3;--mark:#15312d;--focus:#ffb347}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 var(--sans)}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--raised);padding:.5rem 1rem;z-index:1}
header{display:flex;flex-wrap:wrap;gap:1rem;align-items:baseline;justify-content:space-between;padding:1rem clamp(1rem,4vw,3rem);border-bottom:1px solid var(--line);background:var(--raised)}
header nav{display:flex;gap:1.25rem}
.mark{margin:0;font:600 1.25rem/1 var(--serif)}
.columns{display:grid;grid-template-columns:minmax(0,17rem) minmax(0,1fr);gap:3rem;max-width:84rem;margin:0 auto;padding:2rem clamp(1rem,4vw,3rem) 5rem}
.contents{position:sticky;top:1.5rem;align-self:start;max-height:calc(100vh - 3rem);overflow:auto;font-size:.875rem}
.contents h2{font-size:.8rem;margin:1.25rem 0 .35rem;color:var(--soft);font-weight:600}
.contents h2:first-child{margin-top:0}
.contents ul{list-style:none;margin:0;padding:0}
.contents li{margin:.15rem 0;overflow-wrap:anywhere}
.contents a{text-decoration:none}
.contents a:hover{text-decoration:underline}
h1{font:600 2.25rem/1.15 var(--serif);margin:0 0 .5rem}
main h2{font:600 1.6rem/1.2 var(--serif);margin:3rem 0 1rem}
h3{font-size:1.05rem;margin:0 0 .25rem;overflow-wrap:anywhere}
h4{font-size:.95rem;margin:1.25rem 0 .35rem}
.lead{font-size:1.1rem;color:var(--soft);max-width:44rem}
main p,main li{max-width:46rem}
article{background:var(--raised);border:1px solid var(--line);border-radius:3px;padding:1.25rem;margin:0 0 1.25rem}
article p{margin:.35rem 0}
.summary{font-weight:550}
details{margin:.5rem 0 0}
summary{cursor:pointer;padding:.6rem 0;color:var(--accent)}
summary:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
@media print{details::details-content{content-visibility:visible}}
.method{font:600 .8em/1 var(--mono);color:var(--accent)}
code{font:.9em var(--mono);background:var(--mark);padding:.1em .3em;border-radius:.2em;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:1rem 0 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;font-weight:600;padding:.25rem 0;font-size:.95rem}
th code{white-space:nowrap}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-weight:600;border-top:0}
tr:target{background:var(--mark)}
@media (max-width:56rem){.columns{grid-template-columns:minmax(0,1fr);gap:1rem}.contents{position:static;max-height:none}}
`
