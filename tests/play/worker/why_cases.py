import sys, json
sys.path.insert(0,'/work/wt/wasm/tests/explanation/numbers'); sys.path.insert(0,'/work/wt/wasm/tests/kernel')
import numpy as np
from dataclasses import replace
from random_subjects import random_subject, addresses
from selenite import backend, nn
from selenite.explanation.numbers import expand, subject_of
from selenite.explanation.numbers.structure import to_dict
from selenite.explanation.numbers.text import to_text
from selenite.explanation.numbers.latex import to_latex
from web_cases import described, optimizer_of, shown, exact
out=[]
subjects=[]
for seed in range(70):
    s=random_subject(seed, backend.get('kernel'))
    if s.network.embedding is None: subjects.append(s)
for name in ("tutorial:1","tutorial:2","tutorial:2-perceptron","tutorial:2-biases","tutorial:3"):
    try:
        for row in (1,None):
            s=subject_of(name, row=row)
            if row is None: s=replace(s, X=s.X[:6], Y=s.Y[:6], row_numbers=s.row_numbers[:6], table=None if s.table is None else s.table.take(np.arange(6)))
            subjects.append(s)
    except Exception as e: print(name,e,file=sys.stderr)
rng=np.random.default_rng(0)
for s in subjects:
    p=np.ascontiguousarray(s.members[0]); st=s.state or nn.start(s.optimizer,p)
    q=dict(description=described(s.network), parameters=p, X=np.ascontiguousarray(s.X), Y=None if s.Y is None else np.ascontiguousarray(s.Y), input_names=list(s.input_names), row_numbers=list(s.row_numbers), optimizer=optimizer_of(s.optimizer,s.network), state=dict(first=st.first,second=st.second,steps=st.steps,epochs=st.epochs,rate_factor=st.rate_factor), l1=s.l1,l2=s.l2,summed=s.summed,article=s.article)
    names=addresses(s) if s.schema is None or True else []
    names=[n for n in names if not n.startswith(('probability','prediction')) and '.probability' not in n and 'prediction' not in n and 'feature' not in n]
    rng.shuffle(names); names=names[:60]
    answers=[]
    for a in names:
        e=expand(s,a,depth=2)
        answers.append(dict(address=a,dict=to_dict(e,terms=12,digits=5),text=to_text(e,terms=12,digits=5),latex=to_latex(e,terms=12)))
    out.append(dict(subject=q,answers=answers))
json.dump(out,sys.stdout,default=lambda v: shown(v) if isinstance(v,np.ndarray) else v.item() if hasattr(v,'item') else v)
