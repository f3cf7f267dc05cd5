"""One r650 for Set 3 (figure 10): two Intel Xeon Platinum 8360Y with 36 cores each, and 256 GB.

Instructions:
Log in, and run `cd /mydata/artifact && ./evaluate Set3 -p:TuneMachine=true`.
"""

# Runs where the profile is instantiated, by CloudLab's geni-lib, with Python 3.
#
# This profile has never been run: it was written from the documentation of geni-lib and of the hardware, and a test
# checks only that Python can compile it.
import geni.portal as portal
import geni.rspec.pg as pg

# The operating system of the paper's artifact guide.
IMAGE = "urn:publicid:IDN+emulab.net+image+emulab-ops//UBUNTU22-64-STD"

portal.context.defineParameter("repository", "Repository of Verus.Artifact.Sdk", portal.ParameterType.STRING, "")
parameters = portal.context.bindParameters()
request = portal.context.makeRequestRSpec()

node = request.RawPC("node")
node.hardware_type = "r650"
node.disk_image = IMAGE
# The root file system is too small for the tools that are built.
space = node.Blockstore("space", "/mydata")
space.size = "100GB"
space.placement = "any"
# Whoever instantiates the profile owns the folder.
node.addService(pg.Execute(shell="bash", command="sudo chmod 1777 /mydata"))
if parameters.repository:
    node.addService(pg.Execute(shell="bash", command="git clone --quiet '" + parameters.repository.replace("'", "") +
                               "' /mydata/artifact && chmod -R a+rwX /mydata/artifact"))

portal.context.printRequestRSpec()
