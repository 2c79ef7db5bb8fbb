import { DESIGN_TOKENS } from '../../platform/http/design-tokens.ts';

/** The style sheet of the console: tokens first, then parts. */
export const DESK_STYLE = `
${DESIGN_TOKENS}
:root{--s1:.25rem;--s2:.5rem;--s3:.75rem;--s4:1rem;--s5:1.5rem;--s6:2.25rem}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:var(--s4)}
body{margin:0;overflow-wrap:break-word;background:var(--ground);color:var(--ink);font:400 1rem/1.5 var(--sans)}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999rem}.skip:focus{left:var(--s4);top:var(--s2);background:var(--paper);padding:var(--s2) var(--s4);z-index:2}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s2) var(--s5);padding:var(--s3) var(--s5);background:var(--paper);border-bottom:1px solid var(--line)}
.bar .site{font:600 1.15rem/1.2 var(--serif);color:var(--ink);text-decoration:none;padding:var(--s2) 0}
.bar .find{display:flex;flex:1 1 14rem;max-width:28rem;gap:var(--s2)}
.bar .find input{margin:0}
.bar .who{display:flex;flex-wrap:wrap;align-items:center;gap:var(--s2) var(--s4);margin-inline-start:auto;color:var(--soft);font-size:.9rem}
.bar form{display:inline-flex;margin:0}.who span{min-width:0;overflow-wrap:anywhere}
.menu{background:var(--paper);border-bottom:1px solid var(--line);padding:0 var(--s5)}
.menu ul{display:flex;flex-wrap:wrap;gap:0 var(--s4);list-style:none;margin:0;padding:0}
.menu a{display:block;padding:var(--s2) 0;color:var(--soft);text-decoration:none;border-bottom:3px solid transparent}
.menu a:hover{color:var(--ink)}.menu [aria-current]{color:var(--ink);border-color:var(--accent);font-weight:600}
main{max-width:80rem;margin:0 auto;padding:var(--s5) var(--s5) var(--s6)}
h1{font:500 clamp(1.5rem,3.5vw,2rem)/1.25 var(--serif);margin:0 0 var(--s2);overflow-wrap:anywhere}
h2{font:600 1.15rem/1.35 var(--sans);margin:0 0 var(--s3)}h3{font:600 1rem/1.35 var(--sans);margin:var(--s4) 0 var(--s2)}
.lead{color:var(--soft);margin:0 0 var(--s5);max-width:60rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:var(--s5);margin:0 0 var(--s5);min-width:0}
.card>:last-child{margin-bottom:0}
.cards{display:grid;gap:var(--s4);grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));margin:0 0 var(--s5)}.cards .card{margin:0}
.counts{display:grid;gap:var(--s4);grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}.counts p{margin:0}
.split{display:grid;gap:var(--s5)}.split>*{min-width:0}
.big{font:500 2rem/1.1 var(--serif);margin:0}.soft{color:var(--soft)}.small{font-size:.9rem}
.note{border-inline-start:4px solid var(--accent);background:var(--none-bg);padding:var(--s3) var(--s4);border-radius:6px;margin:0 0 var(--s5);overflow-wrap:anywhere}
.note.good{border-color:var(--good);background:var(--good-bg)}.note.bad{border-color:var(--bad);background:var(--bad-bg)}.note.warn{border-color:var(--warn);background:var(--warn-bg)}
.note p{margin:0}.note ul{margin:var(--s2) 0 0;padding-inline-start:1.2rem}
.tag{display:inline-block;padding:.1rem .55rem;border-radius:99rem;background:var(--none-bg);font:600 .875rem/1.5 var(--sans);white-space:nowrap;vertical-align:middle}
.tag.good{background:var(--good-bg);color:var(--good)}.tag.bad{background:var(--bad-bg);color:var(--bad)}.tag.warn{background:var(--warn-bg);color:var(--warn)}
.scroll{overflow-x:auto;margin:0 0 var(--s4)}
table{border-collapse:collapse;width:100%}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{text-align:start;vertical-align:top;padding:var(--s2) var(--s3);border-bottom:1px solid var(--line)}
th{font-weight:600}thead th{color:var(--soft);font-size:.9rem;white-space:nowrap}td.num,th.num{text-align:end;font-variant-numeric:tabular-nums}
tbody tr:hover{background:var(--none-bg)}td{overflow-wrap:break-word}table.wide td{min-width:4.5rem}table.wide td:has(bdi){min-width:9rem}table.wide td:empty,table.wide td:has(>input[type=checkbox]){min-width:0}td form,td p{margin:0}td p+p{margin-top:var(--s2)}time{white-space:nowrap}td time{white-space:normal}td:first-child,th:first-child{padding-inline-start:0}
dl.facts{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:var(--s2) var(--s4);margin:0 0 var(--s4)}
dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}
.mono{font-family:var(--mono);font-size:.92em;overflow-wrap:anywhere}
.button,button{display:inline-flex;align-items:center;gap:var(--s2);min-height:2.75rem;border:1px solid transparent;border-radius:8px;background:var(--accent);color:var(--on-accent);font:600 1rem/1.2 var(--sans);padding:var(--s2) var(--s4);text-decoration:none;text-align:center;justify-content:center;cursor:pointer}
.button:hover,button:hover{filter:brightness(1.12)}button[disabled]{opacity:.55;cursor:default}
.quiet{background:transparent;color:var(--accent);border-color:var(--field)}.danger{background:var(--bad);color:light-dark(#fff,#200c0a)}
.link{background:none;border:0;color:var(--accent);padding:var(--s1) 0;min-height:0;font-weight:400;text-decoration:underline;text-underline-offset:.15em}
.row{display:flex;flex-wrap:wrap;gap:var(--s3);align-items:end;margin:0 0 var(--s4)}.row>.field{flex:1 1 12rem}.row form{margin:0}
form+details,form+form,details+form{margin-top:var(--s4)}.field{margin:0 0 var(--s4);min-width:0}.row .field{margin:0}
label,legend{display:block;font-weight:600;padding:0}fieldset{border:0;margin:0 0 var(--s4);padding:0}
.hint{display:block;color:var(--soft);font-size:.9rem;font-weight:400}.fault{display:block;color:var(--bad);font-weight:600}
input:not([type=checkbox],[type=radio],[type=file]),select,textarea{width:100%;min-height:2.75rem;margin-top:var(--s1);padding:var(--s2) var(--s3);border:1px solid var(--field);border-radius:8px;background:var(--paper);color:var(--ink);font:400 1rem/1.3 var(--sans)}
textarea{min-height:5rem;resize:vertical}[aria-invalid=true]{border:2px solid var(--bad)!important}
input[type=checkbox],input[type=radio]{width:1.25rem;height:1.25rem;margin:0;accent-color:var(--accent)}
.check{display:flex;gap:var(--s2);align-items:start;font-weight:400;margin:0 0 var(--s4)}
details{border-top:1px solid var(--line);padding:var(--s2) 0}summary{cursor:pointer;font-weight:600;padding:var(--s2) 0;min-height:2.75rem}
details[open]>summary{margin-bottom:var(--s2)}.card>details:first-of-type,td details{border-top:0}td details{padding:0}
progress{width:100%;height:.75rem;accent-color:var(--accent)}
.timeline{list-style:none;margin:0;padding:0}.timeline li{padding:var(--s2) 0;border-top:1px solid var(--line)}
iframe{border:1px solid var(--line);border-radius:6px}figure{margin:0}figcaption{padding-top:var(--s2)}.any,.mail{overflow-wrap:anywhere}td .mail{overflow-wrap:break-word}td .any{display:inline-block;min-width:min(11rem,100%)}.row>.field.long{flex-basis:22rem}.letter{white-space:pre-line;overflow-wrap:anywhere}
.changed{position:sticky;top:var(--s2);z-index:1}
.stack{display:flex;height:1.25rem;border-radius:6px;overflow:hidden;background:var(--none-bg)}
.sheet+.row{margin-top:var(--s3)}.paper{display:block;max-width:100%;height:auto;border:1px solid var(--line);border-radius:6px}.sheet{display:block;position:relative;background:#fff;border-radius:6px;width:fit-content;max-width:100%}.sheet::before{content:attr(data-wait);position:absolute;inset:0;display:grid;place-items:center;color:#4a5568}.sheet .paper{position:relative}
svg.drift{display:block;width:100%;height:5rem;fill:var(--accent);margin-block:.5rem}
svg.bar-of{display:block;width:100%;min-width:8rem;height:1rem;fill:var(--accent)}
svg.icon{width:1.15em;height:1.15em;flex:none}
dialog{border:1px solid var(--line);border-radius:12px;background:var(--paper);color:var(--ink);padding:var(--s5);max-width:min(34rem,92vw)}dialog::backdrop{background:#0008}
[hidden]{display:none!important}
@media(min-width:64rem){.split{grid-template-columns:minmax(0,2fr) minmax(18rem,1fr)}}
@media(max-width:40rem){.bar,.menu,main{padding-inline:var(--s4)}dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:var(--s2)}
table.wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}table.wide,table.wide tbody,table.wide tr{display:block}table.wide .tag{white-space:normal;border-radius:1rem}table.wide tr{padding:var(--s3) 0;border-bottom:1px solid var(--line)}table.wide td{display:flow-root;border:0;padding:var(--s1) 0;padding-inline-start:7.5rem;overflow-wrap:anywhere;text-align:start}table.wide td:empty{display:none}.bar .find{order:3;flex-basis:100%;max-width:none}.bar .find input{flex:1}table.wide td::before{content:attr(data-label);color:var(--soft);float:inline-start;width:7rem;margin-inline-start:-7.5rem}}
@media print{:root{color-scheme:light}.bar,.menu,.skip,nav,form:not(:has(table)),form .field,button,.button,input[type=checkbox],details:not([open]){display:none}body{background:#fff;font-size:10pt}.card{border:0;padding:0}.split{display:block}main{max-width:none;padding:0}.scroll{overflow:visible}a{color:inherit}td,table.wide td,table.wide td:has(bdi),td .mail{min-width:0;overflow-wrap:anywhere}tr,figure{break-inside:avoid}h2{break-after:avoid}}
@media(prefers-reduced-motion:no-preference){.button,button{transition:filter .12s}}
`;
