"""The one way to read and write records: under the actor's policy, through the fields' kinds, with the trail."""
