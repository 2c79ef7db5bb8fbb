/**
 * The style of the page. Contrast meets WCAG AA; long lines scroll in their own box, so that the page can be read on a
 * phone.
 */
export const DOCS_STYLE = `
:root{--ink:#1c2733;--soft:#52606d;--line:#dde2e7;--paper:#fff;--ground:#f4f2ee;--accent:#1d4e63;--good:#17603d;--bad:#9b1c1c;--warn:#7a4a00;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono",monospace;color-scheme:light}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--ink);font:400 1rem/1.5 var(--sans)}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible,pre:focus-visible,.table:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
header{max-width:78rem;margin:0 auto;padding:1.25rem;display:flex;flex-wrap:wrap;gap:0 1.5rem;justify-content:space-between;align-items:baseline}
h1{font-size:1.5rem;margin:0}h1 small{color:var(--soft);font-weight:400;font-size:1rem}
h2{font-size:1.35rem;margin:2.5rem 0 .25rem}h3{font-size:1.1rem;margin:0}h3 a{color:inherit;text-decoration:none}h3 a:hover{text-decoration:underline}
h4{font-size:.95rem;margin:1.25rem 0 .4rem}h5{font-size:.85rem;color:var(--soft);margin:.75rem 0 .25rem;font-weight:600}
p{margin:.4rem 0;overflow-wrap:anywhere}
.columns{max-width:78rem;margin:0 auto;padding:0 1.25rem 3rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem}
nav{font-size:.95rem}nav ul{list-style:none;margin:.25rem 0 .5rem;padding:0 0 0 1rem}nav li a{display:block}nav li a,nav summary{padding:.35rem 0}
main section:first-child h2{margin-top:1.5rem}
article{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:1.1rem clamp(.9rem,3vw,1.5rem);margin:1rem 0}
.address{font-size:.95rem}.address b{font:600 .85rem var(--mono);border:1px solid currentColor;border-radius:6px;padding:.1rem .4rem}
.GET{color:var(--accent)}.POST{color:var(--good)}.PATCH{color:var(--warn)}
code,pre{font-family:var(--mono);font-size:.875em}
code{overflow-wrap:anywhere}
pre{background:var(--ground);border:1px solid var(--line);border-radius:8px;padding:.75rem;margin:.25rem 0;overflow-x:auto;max-height:26rem}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-size:.85rem}
th small{color:var(--soft)}
td{overflow-wrap:break-word}
dl{display:grid;grid-template-columns:3.25rem minmax(0,1fr);margin:0}
dt{font:600 .95rem var(--mono);padding:.4rem 0;border-top:1px solid var(--line)}
dd{margin:0;padding:.3rem 0;border-top:1px solid var(--line)}
dd p{margin:.1rem 0}
.s2{color:var(--good)}.s4{color:var(--warn)}.s5{color:var(--bad)}
summary{cursor:pointer;padding:.2rem 0}
@media (min-width:60rem){.columns{grid-template-columns:16rem minmax(0,1fr)}nav{position:sticky;top:1rem;align-self:start;max-height:calc(100vh - 2rem);overflow-y:auto}}
@media (max-width:40rem){.table table,.table tbody,.table tr,.table th,.table td{display:block;width:100%}.table thead{position:absolute;left:-999rem}.table tr{border-bottom:1px solid var(--line);padding:.4rem 0}.table th,.table td{border:0;padding:.05rem 0}.table td:empty{display:none}}
`;
