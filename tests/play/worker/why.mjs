import { readFileSync } from "node:fs";
const P="/work/wt/wasm/src/selenite/play/page/";
const { loadKernel } = await import(P+"kernel.js");
const { expand } = await import(P+"worker/why/expand.js");
const { to_dict, to_text, to_latex } = await import(P+"worker/why/words.js");
const kernel = await loadKernel(readFileSync(P+"kernel.wasm"));
const numbers = (hex) => new Float64Array(Uint8Array.from(Buffer.from(hex, "hex")).buffer);
const revive = (_, v) => v?.hex !== undefined ? numbers(v.hex) : v?.number !== undefined ? numbers(v.number)[0] : v;
const cases = JSON.parse(readFileSync("/tmp/wasm/why.json","utf8"), revive);
let n=0, bad={}, shownErr=0;
const note=(kind,info)=>{ bad[kind]=(bad[kind]||0)+1; if (bad[kind]<=3) { if (typeof info[0]==="string"&&info.length===2&&info[0].length>200) { const a=info[0].split("\n"), b=info[1].split("\n"); const k=a.findIndex((l,i)=>l!==b[i]); console.log(kind, k, a[k], "|||", b[k]); } else console.log(kind, JSON.stringify(info).slice(0,500)); } };
const close=(a,b)=>a===b||Math.abs(a-b)<=1e-13*Math.max(Math.abs(a),Math.abs(b),1e-3);
function cmp(a,b,at){
  if (a.address!==b.address) note("address",[at,a.address,b.address]);
  if (a.value!==b.value && !close(a.value,b.value)) note("value",[at,a.address,a.value,b.value]); else if (a.value!==b.value) bad.ulpvalue=(bad.ulpvalue||0)+1;
  if (a.text!==b.text) note("textnumber",[at,a.text,b.text]);
  if (a.note!==b.note) note("note",[at,a.note,b.note]);
  if (JSON.stringify(a.remarks)!==JSON.stringify(b.remarks)) note("remarks",[at,a.remarks,b.remarks]);
  if (JSON.stringify(a.article)!==JSON.stringify(b.article)) note("article",[at,a.article,b.article]);
  if (a.formula.text!==b.formula.text||a.formula.article!==b.formula.article) note("formula",[at,a.formula,b.formula]);
  if (a.terms.length!==b.terms.length) return note("terms",[at,a.terms.length,b.terms.length]);
  if (!!a.check!==!!b.check || a.check&&a.check.holds!==b.check.holds) note("check",[at,a.check,b.check]);
  a.terms.forEach((t,i)=>{const u=b.terms[i]; if(t.label!==u.label||t.count!==u.count) note("label",[at,t.label,u.label]); if(t.numbers!==u.numbers) note("numbers",[at,t.numbers,u.numbers]); if(!close(t.value,u.value)) note("termvalue",[at,t.value,u.value]);
    if (t.factors.length!==u.factors.length) return note("factors",[at,t.factors.map(f=>f.symbol),u.factors.map(f=>f.symbol)]);
    t.factors.forEach((f,k)=>{const g=u.factors[k]; if(f.symbol!==g.symbol||f.opens!==g.opens||JSON.stringify(f.article)!==JSON.stringify(g.article)) note("factor",[at,f,g]); if(!!f.opened!==!!g.opened) note("opened",[at,f.symbol]); else if(f.opened) cmp(f.opened,g.opened,at);});});
}
for (const c of cases) { const s={...c.subject,kernel}; for (const a of c.answers){ n++; let e; try{ e=expand(s,a.address,2);}catch(err){ note("error",[a.address,err.message,err.stack.split("\n")[1],s.article]); continue;} cmp(to_dict(e,{terms:12,digits:5}),a.dict,[s.article,a.address,s.description.activations,s.description.loss]); if(to_text(e,{terms:12,digits:5})!==a.text) note("text",[to_text(e,{terms:12,digits:5}),a.text]); if(to_latex(e,{terms:12})!==a.latex) note("latex",[to_latex(e,{terms:12}),a.latex]); } }
console.log(n,bad);
