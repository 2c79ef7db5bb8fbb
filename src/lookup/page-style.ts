import { DESIGN_TOKENS } from '../platform/http/design-tokens.ts';

/** The style sheet of the public pages: tokens that the console has too, the diploma's gold and blue, then parts. */
export const PAGE_STYLE = `
${DESIGN_TOKENS}
:root{--gold:light-dark(#a8843c,#c9a962);--name:light-dark(#17365d,#d8e4f0);--diploma:Diploma,var(--serif)}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:400 1rem/1.55 var(--sans)}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible,.file:focus-visible+.button{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.hush{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:2}
.bar{max-width:52rem;margin:0 auto;padding:1rem 1.25rem;display:flex;gap:.5rem 1.5rem;justify-content:space-between;align-items:center}
.site{display:flex;gap:.85rem;align-items:center;min-width:0;color:var(--ink);text-decoration:none}
.site img{flex:none;height:3rem;width:auto;max-width:9rem}
.site b{display:block;font:500 1.2rem/1.3 var(--diploma);overflow-wrap:anywhere}.site small{display:block;font-size:.9rem;color:var(--soft)}
.langs{position:relative;flex:none}
.langs summary{display:flex;gap:.5rem;align-items:center;min-height:2.75rem;padding:.35rem .85rem;border:1px solid var(--field);border-radius:8px;background:var(--paper);font-weight:400;list-style:none}
.langs summary::-webkit-details-marker{display:none}.langs summary::after{content:"";width:.45em;height:.45em;border:solid;border-width:0 1.5px 1.5px 0;transform:translateY(-.15em) rotate(45deg)}
.langs ul{position:absolute;z-index:1;inset-inline-end:0;margin:.35rem 0 0;padding:.35rem 0;list-style:none;min-width:11rem;background:var(--paper);border:1px solid var(--field);border-radius:8px;box-shadow:0 6px 24px #0003}
.langs li>*{display:block;padding:.55rem 1rem}.langs li a{color:var(--ink);text-decoration:none}.langs li a:hover{background:var(--none-bg)}.langs [aria-current]{font-weight:600}
main{max-width:52rem;margin:0 auto;padding:0 1.25rem 3rem}
.verdict{display:flex;gap:1rem;align-items:flex-start;padding:1.1rem 1.25rem;border-radius:12px;border:1px solid currentColor;margin:0 0 1.25rem}
.verdict svg{flex:none;width:2.25rem;height:2.25rem;margin-top:.1rem}
.verdict h1{font:600 1.35rem/1.3 var(--sans);margin:0}
.verdict p{margin:.2rem 0 0;color:var(--ink)}
.verdict>div{min-width:0;flex:1}
.answer{margin:1.25rem 0 0;padding:1rem 1.1rem}.answer svg{width:1.75rem;height:1.75rem;margin-top:0}
.answer h3{font:600 1.1rem/1.35 var(--sans);margin:0}.answer ul{margin:.6rem 0 0;padding-inline-start:1.15rem;color:var(--ink)}.answer li{margin:.3rem 0}
.answer table{margin-top:.9rem;color:var(--ink)}.answer th[scope=row]{color:var(--ink);font-size:1rem}.answer td{padding-inline-start:1rem;text-align:start;white-space:normal}.answer .odd{color:var(--bad);font-weight:600}
.valid{color:var(--good);background:var(--good-bg)}.revoked{color:var(--bad);background:var(--bad-bg)}
.expired,.superseded{color:var(--warn);background:var(--warn-bg)}.erased,.unknown,.notice{color:var(--soft);background:var(--none-bg)}
.sheet{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:clamp(1.25rem,4vw,2.5rem)}
.sheet+.sheet{margin-top:1.25rem}
.diploma{border-radius:4px;border-color:var(--gold);outline:1px solid var(--gold);outline-offset:-7px;padding-block:clamp(1.75rem,5vw,2.75rem)}
.kind{font-size:.85rem;color:var(--soft);margin:0}
.name{font:500 clamp(1.75rem,5.4vw,2.75rem)/1.2 var(--diploma);color:var(--name);margin:.25rem 0 0;overflow-wrap:anywhere;text-wrap:balance}
.latin{font:400 1.1rem/1.4 var(--serif);color:var(--soft);margin:.25rem 0 0;overflow-wrap:anywhere}
.course{font:400 clamp(1.25rem,3.4vw,1.6rem)/1.35 var(--diploma);margin:1.4rem 0 0;overflow-wrap:anywhere;text-wrap:pretty}
.printed{display:block;color:var(--soft);font:400 .9rem/1.45 var(--sans);margin:.2rem 0 0;overflow-wrap:anywhere}
.muted,.muted .name,.muted .course{color:var(--soft)}.muted .name,.muted .course{text-decoration:line-through 1px}.muted.diploma{border-color:var(--line);outline-color:var(--line)}
dl{display:grid;grid-template-columns:1fr;gap:0;margin:1.75rem 0 0;border-top:1px solid var(--line)}
dl div{padding:.7rem 0;border-bottom:1px solid var(--line)}
dl div:last-child{border-bottom:0;padding-bottom:0}
dt{font-size:.85rem;color:var(--soft)}
dd{margin:.1rem 0 0;overflow-wrap:anywhere}
dd small{display:block;color:var(--soft);font-size:.9rem}
.mono{font-family:var(--mono);font-size:.95em;letter-spacing:.02em}
bdi{overflow-wrap:anywhere}
.codes{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
.picture{margin:1.25rem 0;text-align:center}
.picture a{display:block;border-radius:4px;cursor:zoom-in}
.picture img{display:block;width:100%;height:auto;aspect-ratio:auto 297/210;object-fit:contain;background:#fff;color:#52606d;border:1px solid var(--line);border-radius:4px}
.picture span{display:inline-block;margin-top:.5rem;font-size:.95rem}
dialog{border:0;padding:0;max-width:100vw;max-height:100vh;background:none}dialog::backdrop{background:#000c}
dialog img{display:block;max-width:96vw;max-height:88vh;background:#fff}dialog button{display:block;margin:.75rem auto 0}
h2{font:600 1.15rem/1.35 var(--sans);margin:0 0 .75rem}
h3{font:600 1rem/1.35 var(--sans);margin:0 0 .5rem}
table{width:100%;border-collapse:collapse}
th{font-weight:400;font-size:.85rem;color:var(--soft);text-align:start}
th,td{padding:.55rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td:last-child,thead th:last-child{text-align:end;white-space:nowrap;padding-inline-start:1.5rem;font-variant-numeric:tabular-nums}
td:only-child,thead th:only-child{text-align:start;white-space:normal;padding-inline-start:0}
tfoot th{font-size:1rem;color:var(--ink)}tfoot th,tfoot td{border:0;font-weight:600;padding-bottom:0}
.work{margin:0;font:400 1.1rem/1.5 var(--serif);overflow-wrap:anywhere}
.meta{margin:.4rem 0 0;color:var(--soft)}
.button,button{display:inline-block;border:1px solid transparent;border-radius:8px;background:var(--accent);color:var(--on-accent);font:600 1rem/1.3 var(--sans);padding:.8rem 1.35rem;text-decoration:none;cursor:pointer}
.button:hover,button:hover{filter:brightness(1.12)}
.quiet{background:none;border-color:var(--field);color:var(--accent);font-weight:400;font-size:.95rem;padding:.5rem .9rem;min-height:2.75rem}
.quiet[hidden]{display:none}
.drop{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem 1rem;margin:1.1rem 0 0;padding:1.4rem;border:2px dashed var(--field);border-radius:12px;color:var(--soft)}
[data-over] .drop{border-color:var(--accent);background:var(--none-bg)}
.file{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
#check-place p:first-child{margin:0}
summary{cursor:pointer;font-weight:600;padding:.35rem 0}.sheet details{margin-top:1.5rem}
.way{margin:1.1rem 0 0}.way+.note{margin-top:.15rem}
.commands{margin-top:.9rem}code{font-family:var(--mono);font-size:.95em;overflow-wrap:anywhere}
.doubt{margin:1.5rem 0 0}.doubt b{font-weight:600}
.colophon{margin:1rem 0 0;color:var(--soft);font-size:.9rem}.colophon p{margin:.15rem 0 0;overflow-wrap:anywhere}
.sheet>.mono{display:block;overflow-wrap:anywhere;line-height:1.5}
.sheet .after{border-top:1px solid var(--line);padding-top:1.25rem;margin-top:1.75rem}
.note{color:var(--soft);margin:.35rem 0 0;font-size:.95rem}.answer .note{color:var(--ink);margin-top:.7rem}.note .mono{overflow-wrap:anywhere}
.history{list-style:none;margin:1.25rem 0 0;padding:0}.history li{padding:.65rem 0;border-top:1px solid var(--line)}
.history .mono{display:block;color:var(--soft);overflow-wrap:anywhere;font-size:.85rem}
form{display:grid;gap:1rem;margin:0}
form h2{margin:0}
.pair{display:grid;gap:1rem}
form+form{border-top:1px solid var(--line);padding-top:1.75rem;margin-top:1.75rem}
label{display:block;font-weight:600}
.hint{display:block;color:var(--soft);font-size:.9rem}
input{width:100%;margin-top:.35rem;padding:.75rem .85rem;border:1px solid var(--field);border-radius:8px;background:var(--paper);color:var(--ink);font:400 1.05rem/1.3 var(--sans)}
.help{margin:0 0 1.75rem;padding-inline-start:1.2rem}.help li{margin:.35rem 0}
.lead{margin:0 0 1.75rem;font-size:1.05rem}
.title{font:500 clamp(1.6rem,4.5vw,2.2rem)/1.25 var(--diploma);margin:0 0 .5rem}
@media(scripting:enabled){#check-file[hidden]{display:block;visibility:hidden}.quiet[hidden]{display:inline-block;visibility:hidden}}
@media(min-width:44rem){
.bar{padding-block:1.5rem}
dl{grid-template-columns:1fr 1fr;column-gap:2.5rem}
dl .wide{grid-column:1/-1}
.commands{grid-template-columns:1fr}
.pair{grid-template-columns:1fr 1fr;gap:1rem 1.5rem}
form button{justify-self:start}
}
@media(hover:none){.drop span{display:none}}
@media print{
@page{margin:14mm}
:root{color-scheme:light}
html{font-size:9.5pt}
body{background:#fff;line-height:1.4}
tfoot{display:table-row-group}
a{color:inherit;text-decoration:none}
.bar,main{max-width:none;padding:0}.bar{padding-bottom:.75rem}
.langs,.skip,.button,button,.no-print,.picture span{display:none!important}
.verdict{break-inside:avoid;print-color-adjust:exact;margin-bottom:1rem}
.sheet{border:0;padding:0 0 .5rem;break-inside:auto}.sheet+.sheet{margin-top:.75rem}.diploma{outline:0;padding:0}
.picture{break-inside:avoid;margin:0 0 1rem}.picture img{height:82mm;width:auto;margin:0 auto;border:0}
.name{font-size:20pt}.course{font-size:13pt;margin-top:.6rem}dl{grid-template-columns:1fr 1fr;column-gap:2.5rem;margin-top:.8rem}dl .wide{grid-column:1/-1}
dl div,th,td{padding:.3rem 0}h2{break-after:avoid;margin-bottom:.3rem}
.meta a::after{content:" " attr(href);overflow-wrap:anywhere}
tr,li,.sheet:has(>.mono){break-inside:avoid}
}
@media(prefers-reduced-motion:no-preference){.button,button{transition:filter .12s}}
`;
