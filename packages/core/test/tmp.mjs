import fc from "fast-check";
import { anyValue } from "./arbitraries.ts";
import { codec } from "../dist/index.js";
import { parsePath } from "../dist/codec/paths.js";
console.log(process.version);
let n=0;
try { fc.assert(fc.property(anyValue, (value) => { n++; const t=codec.encode(value); try { codec.decode(t);} catch(e){ 
 console.log(n, t.slice(0,3000)); const p=JSON.parse(t); 
 const walk=(json,ann)=>{ const tree=Array.isArray(ann)?ann[1]:ann; if(!tree)return; for(const [k,sub] of Object.entries(tree)){ const segs=parsePath(k,false); let at=json; for(const s of segs){ if(at===null||typeof at!=="object"||!Object.hasOwn(at,s)){console.log("MISS key",JSON.stringify(k),JSON.stringify(segs),"at keys",at&&JSON.stringify(Object.keys(at)), Object.keys(at).map(x=>[...x].map(c=>c.charCodeAt(0).toString(16))), s.length, s.charCodeAt(0).toString(16)); return;} at=at[s]; } walk(at,sub);} };
 walk(p.json,p.meta.values);
 const p2=JSON.parse(JSON.stringify(p)); console.log("again"); walk(p2.json,p2.meta.values);
 process.exit(); } return true; }), { numRuns: 150_000, endOnFailure: true }); } catch(e){console.log(e.message)}
